import { useRef } from "preact/hooks";
import { count, rate, when } from "../format.ts";
import type { ModelEntry, RunEntry, VersionEntry } from "../protocol.ts";
import { blockedReason, choiceOf, isRunning, runOf, warningOf } from "../rows.ts";
import { ChoiceCell } from "./ChoiceCell.tsx";
import { useSession } from "./context.ts";
import { FailureNotice } from "./Notices.tsx";
import { Progress } from "./Progress.tsx";
import { Wait } from "./Wait.tsx";

interface RowProps {
  version: VersionEntry;
  model: ModelEntry | undefined;
}

function Trained({ version }: { version: VersionEntry }) {
  const time = when(version.created_at);
  if (!version.trained) return <span class="cew-muted">{version.status || "Not trained"}</span>;
  if (time === null) return <span class="cew-muted">–</span>;
  return (
    <time dateTime={version.created_at} title={time.exact}>
      {time.relative}
    </time>
  );
}

function Auc({ run }: { run: RunEntry | undefined }) {
  if (run === undefined || run.roc_auc === null) return <span class="cew-muted">–</span>;
  const whole = run.use_kfold ? "macro, fold mean" : "macro";
  const which = run.status === "failed" ? "macro, partial" : whole;
  return (
    <>
      <span class="cew-number">{rate(run.roc_auc)}</span>
      <span class="cew-muted cew-small cew-block">{isRunning(run) ? "macro, so far" : which}</span>
    </>
  );
}

interface ButtonsProps extends RowProps {
  run: RunEntry | undefined;
  control: string;
  onStart: (action: "calculate" | "retry") => void;
}

function Buttons({ version, model, run, control, onStart }: ButtonsProps) {
  const session = useSession();
  const { traits, actions, run: onScreen } = session;
  const label = version.label || version.id;
  const waits = control in actions.pending.value;
  const choice = choiceOf(traits.choices.value, version.id, model);
  const blocked = blockedReason(version, choice);
  const view = (event: MouseEvent) => {
    if (!run) return;
    const results = (event.currentTarget as HTMLElement).closest(".cew")?.querySelector(".cew-results");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    results?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    if (run.key !== onScreen.value?.key) session.view(control, run.key);
  };
  const calculate = (text: string, look: string) => (
    <button
      type="button"
      class={look}
      aria-label={`${text} version ${label}`}
      aria-disabled={waits || blocked !== ""}
      onClick={() => blocked === "" && onStart("calculate")}
    >
      {text}
    </button>
  );
  const viewResults = run && (
    <button type="button" aria-label={`View results of version ${label}`} aria-disabled={waits} onClick={view}>
      View results
    </button>
  );
  if (run && isRunning(run)) return run.key === onScreen.value?.key || !run.live ? null : viewResults;
  if (run?.status === "evaluated") {
    return (
      <>
        {viewResults}
        {calculate("Calculate again", "cew-link")}
      </>
    );
  }
  // Retry stands beside the reason; a second button would do the same.
  if (run?.status === "failed" && run.error?.retry) return null;
  return calculate("Calculate", "cew-primary");
}

function RowMessage({ version, run, control, model, onStart }: ButtonsProps) {
  const { traits, actions } = useSession();
  const choice = choiceOf(traits.choices.value, version.id, model);
  const failed = run?.status === "failed" ? run.error : null;
  const refused = actions.errors.value[control];
  const warning = warningOf(version, choice, run);
  const blocked = blockedReason(version, choice);
  const waits = control in actions.pending.value;
  if (!failed && !refused && !warning && !blocked) return null;
  return (
    <td role="cell" class="cew-row-message">
      {refused && <FailureNotice failure={refused} />}
      {failed && (
        <FailureNotice failure={failed}>
          {failed.retry && (
            <button
              type="button"
              aria-label={`Retry version ${version.label || version.id}`}
              aria-disabled={waits}
              onClick={() => onStart("retry")}
            >
              Retry
            </button>
          )}
        </FailureNotice>
      )}
      {blocked && <p class="cew-muted">{blocked}</p>}
      {warning && <p class="cew-notice cew-notice-warning">{warning}</p>}
    </td>
  );
}

/** One version: its facts, what to evaluate it on, and the evaluation of exactly that. */
export function VersionRow({ version, model }: RowProps) {
  const { traits, actions, run: onScreen } = useSession();
  const actionsCell = useRef<HTMLTableCellElement>(null);
  const choice = choiceOf(traits.choices.value, version.id, model);
  const run = runOf(traits.run_states.value, version.id, choice);
  const control = `row:${version.id}`;
  const viewed = run !== undefined && run.key === onScreen.value?.key;
  const start = (action: "calculate" | "retry") => {
    actions.start(
      control,
      action === "retry" && run ? { action, run: run.key } : { action: "calculate", version: version.id, ...choice },
    );
    // The button gives way to the progress bar: keep the keyboard's place in the row.
    actionsCell.current?.focus({ preventScroll: true });
  };
  const shared = { version, model, run, control, onStart: start };
  return (
    <tr role="row" class="cew-row" data-version={version.id} aria-current={viewed ? "true" : undefined}>
      <th role="rowheader" scope="row" title={version.id}>
        {version.label || version.id}
        {version.description && <span class="cew-muted cew-small cew-block cew-plain">{version.description}</span>}
      </th>
      <td role="cell">
        <Trained version={version} />
      </td>
      <td role="cell" class="cew-number">
        {count(version.concepts)}
      </td>
      <td role="cell" class="cew-number">
        {count(version.inputs)}
      </td>
      <td role="cell">
        <ChoiceCell version={version} model={model} choice={choice} />
      </td>
      <td role="cell" class="cew-auc">
        <Auc run={run} />
      </td>
      <td role="cell" class="cew-actions" ref={actionsCell} tabIndex={-1}>
        {run && isRunning(run) && <Progress run={run} />}
        <Buttons {...shared} />
        <Wait control={control} />
      </td>
      <RowMessage {...shared} />
    </tr>
  );
}
