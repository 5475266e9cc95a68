/** A row of the versions table. */
import { useRef } from "preact/hooks";
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import { count, rate, when } from "../../parts/format.ts";
import { Wait } from "../../parts/Wait.tsx";
import type { RunRow, VersionRow as Version } from "../../wire/contract.ts";
import { isRunning } from "../../workbench/run.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { blockedReason, warningOf } from "../rows.ts";
import { ChoiceCell } from "./ChoiceCell.tsx";
import { Progress } from "./Progress.tsx";

/** When a version was trained, or why it is not. */
function Trained({ version }: { version: Version }) {
  const time = when(version.created_at);
  if (!version.trained) return <span class="cew-muted">{version.status || "Not trained"}</span>;
  if (time === null) return <span class="cew-muted">–</span>;
  return (
    <time dateTime={version.created_at} title={time.exact}>
      {time.relative}
    </time>
  );
}

/** The figure of the row's run, with which one it is: a running or failed run has only part of the inputs. */
function Auc({ run }: { run: RunRow | undefined }) {
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

/** What a part of the row that starts something is given. */
interface PartProps {
  row: Row;
  /** Calculates, or retries the row's run. */
  onStart: (what: "calculate" | "retry") => void;
}

/** Evaluates what is chosen; in grey, with the reason in the row, where that cannot be done. */
function CalculateButton({ row, onStart, again = false }: PartProps & { again?: boolean }) {
  const { actions } = usePlatform();
  const blocked = blockedReason(row.version, row.choice) !== "";
  const text = again ? "Calculate again" : "Calculate";
  return (
    <button
      type="button"
      class={again ? "cew-link" : "cew-primary"}
      aria-label={`${text} version ${row.version.label || row.version.id}`}
      aria-disabled={blocked || row.control in actions.pending.value}
      onClick={() => !blocked && onStart("calculate")}
    >
      {text}
    </button>
  );
}

/** Brings the results into view at once, and the run onto the page if another one is there. */
function ViewButton({ row: { control, version }, run }: { row: Row; run: RunRow }) {
  const { actions, workbench } = usePlatform();
  const view = (event: MouseEvent) => {
    const results = (event.currentTarget as HTMLElement).closest(".cew")?.querySelector(".cew-results");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    results?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    if (run.key !== workbench.run.value?.key) workbench.view(control, run.key);
  };
  const name = `View results of version ${version.label || version.id}`;
  return (
    <button type="button" aria-label={name} aria-disabled={control in actions.pending.value} onClick={view}>
      View results
    </button>
  );
}

/** What can be done next: nothing but wait, look, calculate again, or calculate. */
function Buttons({ row, onStart }: PartProps) {
  const onScreen = usePlatform().workbench.run.value;
  const { run } = row;
  if (run && isRunning(run)) return run.key === onScreen?.key || !run.live ? null : <ViewButton row={row} run={run} />;
  if (run?.status === "evaluated") {
    return (
      <>
        <ViewButton row={row} run={run} />
        <CalculateButton row={row} onStart={onStart} again />
      </>
    );
  }
  // Retry stands beside the reason; a second button would do the same.
  if (run?.status === "failed" && run.error?.retry) return null;
  return <CalculateButton row={row} onStart={onStart} />;
}

/** What went wrong, why nothing can be calculated, what to be careful about: under the row and nowhere else. */
function RowMessage({ row, onStart }: PartProps) {
  const { actions } = usePlatform();
  const { version, choice, dataset, run, control } = row;
  const failed = run?.status === "failed" ? run.error : null;
  const refused = actions.errors.value[control];
  const warning = warningOf(version, choice, run, dataset);
  const blocked = blockedReason(version, choice);
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
              aria-disabled={control in actions.pending.value}
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

/** What is known of the version itself. */
function Facts({ version }: { version: Version }) {
  return (
    <>
      <th role="rowheader" scope="row" class="cew-col-version" title={version.id}>
        {version.label || version.id}
        {version.description && <span class="cew-muted cew-small cew-block cew-plain">{version.description}</span>}
      </th>
      <td role="cell" class="cew-col-trained">
        <Trained version={version} />
      </td>
      <td role="cell" class="cew-col-concepts cew-number">
        {count(version.concepts)}
      </td>
      <td role="cell" class="cew-col-inputs cew-number">
        {count(version.inputs)}
      </td>
    </>
  );
}

/** One version: its facts, what to evaluate it on, and the evaluation of exactly that. */
export function VersionRow({ row }: { row: Row }) {
  const platform = usePlatform();
  const actionsCell = useRef<HTMLTableCellElement>(null);
  const { version, run, control } = row;
  const viewed = run !== undefined && run.key === platform.workbench.run.value?.key;
  const start = (what: "calculate" | "retry") => {
    platform[what](row);
    // The button gives way to the progress bar: keep the keyboard's place in the row.
    actionsCell.current?.focus({ preventScroll: true });
  };
  return (
    <tr role="row" class="cew-row" data-version={version.id} aria-current={viewed ? "true" : undefined}>
      <Facts version={version} />
      <td role="cell" class="cew-col-dataset">
        <ChoiceCell row={row} />
      </td>
      <td role="cell" class="cew-col-auc">
        <Auc run={run} />
      </td>
      <td role="cell" class="cew-col-actions" ref={actionsCell} tabIndex={-1}>
        {run && isRunning(run) && <Progress run={run} />}
        <Buttons row={row} onStart={start} />
        <Wait control={control} />
      </td>
      <RowMessage row={row} onStart={start} />
    </tr>
  );
}
