/** A run as the page speaks of it: whether it goes on, how far it is, what it is called. Pure. */
import { KERNEL_GONE } from "../host/host.ts";
import { count, duration } from "../parts/format.ts";
import type { RunRow } from "../wire/contract.ts";

/** Whether a run has not ended. */
export function isRunning(run: RunRow | null | undefined): boolean {
  return run?.status === "queued" || run?.status === "evaluating" || run?.status === "reconnecting";
}

/** A run as it is once its kernel is gone: no longer running. */
export function abandoned(run: RunRow): RunRow {
  return isRunning(run) ? { ...run, status: "failed", error: KERNEL_GONE } : run;
}

/** What tells how far an evaluation is; a run has it, and so has the state of the curves on screen. */
export type Extent = Pick<RunRow, "folds_done" | "folds" | "inputs_done" | "inputs" | "fraction">;

/** How far: "fold 3 of 5", "1,200 of 4,854 inputs", "40 %". */
export function progressUnit(run: Extent): string {
  if (run.folds > 0) return run.folds_done > 0 ? `fold ${run.folds_done} of ${run.folds}` : `0 of ${run.folds} folds`;
  if (run.inputs > 0) return `${count(run.inputs_done)} of ${count(run.inputs)} inputs`;
  return run.fraction > 0 ? `${Math.round(run.fraction * 100)} %` : "starting";
}

/** One line on a run that has not ended: "fold 3 of 5 · 4 s left"; `shown` when the words go with curves on screen. */
export function progressLine(run: RunRow, shown: Extent = run): string {
  if (run.status === "queued") return "queued";
  const parts = [progressUnit(shown)];
  if (run.status === "reconnecting") parts.unshift("reconnecting");
  else if (run.remaining_seconds !== null) parts.push(`${duration(run.remaining_seconds)} left`);
  return parts.join(" · ");
}

/** What the two kinds of evaluation are called everywhere. */
export function kindName(useKfold: boolean): string {
  return useKfold ? "Cross-validation" : "Score of this version";
}
