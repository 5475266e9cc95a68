/** What starts an evaluation, and shows how far it is. */
import type { RunRow } from "../../wire/contract.generated.ts";
import { isRunning, progressLine } from "../../workbench/run.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { blockedReason, canCancel, canRetry, isSuggested, unfit } from "../rows.ts";

/** How far a run is: a bar along the button's lower edge, and unless that says Retry, words over it, which are not its name. */
function Progress({ run, line }: { run: RunRow; line: string }) {
  return (
    <>
      {/* How far it is has no room beside the longest of the words. */}
      {!canRetry(run) && <span aria-hidden="true">{run.status === "reconnecting" ? run.status : line}</span>}
      <div
        role="progressbar"
        class="cew-bar-track"
        aria-label="Evaluation progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(run.fraction * 100)}
        aria-valuetext={line}
      >
        <div class="cew-bar-done" style={{ transform: `scaleX(${run.fraction})` }} />
      </div>
    </>
  );
}

/** What the button says and does for a row. */
function useStart(row: Row) {
  const platform = usePlatform();
  const { run, version, choice } = row;
  if (run && canRetry(run)) return { text: "Retry", name: "Retry", style: "", start: () => platform.retry(row) };
  if (run && isRunning(run)) return { text: "", name: "Calculate", style: "", start: null };
  const start = blockedReason(version, choice, row.model) === "" ? () => platform.calculate(row) : null;
  if (run) return { text: "Calculate again", name: "Calculate again", style: "", start };
  const style = isSuggested(version, choice, row.model) ? "cew-primary" : "";
  return { text: "Calculate", name: "Calculate", style, start };
}

/** Ends the run, or where its server has no call for that, stops watching it; lies on the end of the row's button, which takes the keyboard's place when this one goes. */
function Cancel({ row }: { row: Row }) {
  const platform = usePlatform();
  const off = row.control in platform.actions.pending.value || platform.workbench.gone.value;
  const goesOn = platform.traits.connection.value?.kind === "platform";
  const name = goesOn ? "Stop watching" : "Cancel";
  const cancel = (event: Event) => {
    if (off) return;
    const button = (event.currentTarget as HTMLElement).parentElement?.querySelector("button");
    button?.focus({ preventScroll: true });
    platform.cancel(row);
  };
  return (
    <button
      type="button"
      class="cew-cancel"
      aria-label={name}
      title={`${name} the evaluation of version ${row.version.label || row.version.id}${goesOn ? "; it goes on" : ""}`}
      aria-disabled={off}
      onClick={cancel}
    >
      ✕
    </button>
  );
}

/**
 * The button of a row, of one size whatever it says: Calculate, how far the run is, Calculate again, Retry. It stays where it
 * is, and so does the keyboard's place. A version that cannot be evaluated says so instead.
 */
export function Go({ row }: { row: Row }) {
  const { actions, workbench } = usePlatform();
  const { version, run, control } = row;
  const { text, name, style, start } = useStart(row);
  const never = unfit(version, row.model);
  if (never) {
    return (
      <span class="cew-go cew-cannot" title={never.reason}>
        {never.short}
      </span>
    );
  }
  const off = start === null || control in actions.pending.value || workbench.gone.value;
  return (
    <span class={`cew-go ${canCancel(run) ? "cew-go-cancel" : ""}`}>
      <button
        type="button"
        class={style}
        aria-label={`${name} version ${version.label || version.id}`}
        aria-disabled={off}
        onClick={() => !off && start?.()}
      >
        {text}
      </button>
      {run && isRunning(run) && <Progress run={run} line={progressLine(run)} />}
      {canCancel(run) && <Cancel row={row} />}
    </span>
  );
}
