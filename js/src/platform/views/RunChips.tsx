/** The runs of a version, each with its figure, as what to look at. */
import { rate, when } from "../../parts/format.ts";
import { useTicking } from "../../parts/ticking.ts";
import type { RunRow } from "../../wire/contract.generated.ts";
import { isRunning, progressUnit, whichOf } from "../../workbench/run.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { wasEnded } from "../rows.ts";

/** What a run was of, as far as is known: dataset and its version, method, which of several alike, date. */
function wordsOf({ dataset_label, method_label, created_at }: RunRow, which: string): string {
  return [dataset_label, method_label, which, when(created_at)?.relative].filter(Boolean).join(" · ");
}

/** The figure of a run, or what there is instead. */
function figure(run: RunRow): string {
  if (wasEnded(run)) return run.roc_auc === null ? "cancelled" : `${rate(run.roc_auc)} until cancelled`;
  if (run.status === "failed") return "failed";
  if (run.cancelled === "stopped watching" && isRunning(run)) return "not watched";
  if (run.roc_auc !== null) return isRunning(run) ? `${rate(run.roc_auc)} so far` : rate(run.roc_auc);
  return isRunning(run) ? progressUnit(run) : "no AUC";
}

/** One run; a click puts it on screen, unless there is nothing of it to see. */
function Chip({ row, run, which }: { row: Row; run: RunRow; which: string }) {
  useTicking();
  const platform = usePlatform();
  const words = wordsOf(run, which);
  const version = row.version.label || row.version.id;
  const shown = run.key === platform.workbench.run.value?.key;
  const title = `ROC AUC ${figure(run)} (macro${run.method === "cross-validation" ? ", fold mean" : ""}) on ${words}`;
  const content = (
    <>
      <b>{figure(run)}</b> <span>{words}</span>
    </>
  );
  const nothing = run.status === "failed" && !(wasEnded(run) && run.inputs_done > 0);
  if (nothing || (isRunning(run) && (shown || !run.live))) {
    const why = run.error ? `${run.error.title}. ${run.error.message}` : title;
    return (
      <span
        class={`cew-chip ${wasEnded(run) ? "" : `cew-chip-${run.status}`}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: chips wider than their row are scrolled to by the keyboard
        tabIndex={0}
        title={why}
        aria-current={shown ? "true" : undefined}
      >
        {content}
      </span>
    );
  }
  const off = row.control in platform.actions.pending.value;
  return (
    <button
      type="button"
      class="cew-chip"
      aria-label={`View results of version ${version}${run.key === row.run?.key ? ":" : ","} ${figure(run)} ${words}`}
      aria-current={shown ? "true" : undefined}
      aria-disabled={off || platform.workbench.gone.value}
      title={title}
      onClick={() => !off && platform.view(row, run.key)}
    >
      {content}
    </button>
  );
}

/** Every run of a row's version, the one of its choice first. */
export function RunChips({ row }: { row: Row }) {
  const platform = usePlatform();
  const { runs } = platform.workbench;
  const which = whichOf(runs.value.filter(({ version_key }) => version_key === row.version.key));
  return (
    <span class="cew-chips">
      {platform.runsOf(row).map((run) => (
        <Chip key={run.key} row={row} run={run} which={which(run.key)} />
      ))}
    </span>
  );
}
