/** A run as the page speaks of it: whether it goes on, how far it is, what it is called. Pure. */
import { KERNEL_GONE } from "../host/host.ts";
import { count, duration } from "../parts/format.ts";
import type { RunRow, Status } from "../wire/contract.generated.ts";
import type { Evaluation } from "./evaluation.ts";

/** Whether a run goes on in a status; every status has to say it. */
const GOES_ON = {
  queued: true,
  evaluating: true,
  evaluated: false,
  failed: false,
  reconnecting: true,
} as const satisfies Record<Status, boolean>;

/** Whether a run has not ended. */
export function isRunning(run: RunRow | null | undefined): boolean {
  return run ? GOES_ON[run.status] : false;
}

/** Tells which of several runs each is that are alike in all else: "run 1" is the oldest; empty for one like no other. */
export function whichOf(runs: readonly RunRow[]): (key: string) => string {
  const alike = new Map<string, string[]>();
  for (const { key, version_key, dataset_label, method_label } of runs) {
    const words = `${version_key} ${dataset_label} ${method_label}`;
    alike.set(words, [...(alike.get(words) ?? []), key]);
  }
  const told = new Map<string, string>();
  for (const keys of alike.values()) {
    if (keys.length > 1) for (const [at, key] of keys.entries()) told.set(key, `run ${keys.length - at}`);
  }
  return (key) => told.get(key) ?? "";
}

/** A run as it is once its kernel is gone: no longer running. */
export function abandoned(run: RunRow): RunRow {
  return isRunning(run) ? { ...run, status: "failed", error: KERNEL_GONE } : run;
}

/** What tells how far an evaluation is; a run has it, and so has the state of the curves on screen. */
export type Extent = Pick<RunRow, "folds_done" | "folds" | "inputs_done" | "inputs" | "fraction">;

/** How far the curves on screen are; the run itself may be a step ahead of them. */
export function extentOf(data: Evaluation): Extent {
  const { folds, folds_total, inputs, inputs_total } = data;
  const fraction = inputs_total > 0 ? inputs / inputs_total : 0;
  return { folds_done: folds.length, folds: folds_total, inputs_done: inputs, inputs: inputs_total, fraction };
}

/** A run whose curves are on screen is told to be as far as they are: no two places on the page name different folds. */
export function inStep(run: RunRow, data: Evaluation | null): RunRow {
  if (data === null || data.run !== run.key || data.complete || !isRunning(run)) return run;
  return { ...run, ...extentOf(data) };
}

/** How far: "fold 3 of 5", "1,200 of 4,854 inputs", "40 %". */
export function progressUnit(run: Extent): string {
  if (run.folds > 0) return run.folds_done > 0 ? `fold ${run.folds_done} of ${run.folds}` : `0 of ${run.folds} folds`;
  if (run.inputs > 0) return `${count(run.inputs_done)} of ${count(run.inputs)} inputs`;
  return run.fraction > 0 ? `${Math.round(run.fraction * 100)} %` : "starting";
}

/** How far, and the time left where that is known. */
function withTimeLeft(run: RunRow, shown: Extent): string {
  const left = run.remaining_seconds === null ? "" : ` · ${duration(run.remaining_seconds)} left`;
  return `${progressUnit(shown)}${left}`;
}

/** The line on a run by its status; every status has to say its own. */
const LINES = {
  queued: () => "queued",
  evaluating: withTimeLeft,
  evaluated: (_, shown) => progressUnit(shown),
  failed: (_, shown) => progressUnit(shown),
  reconnecting: (_, shown) => `reconnecting · ${progressUnit(shown)}`,
} as const satisfies Record<Status, (run: RunRow, shown: Extent) => string>;

/** One line on a run that has not ended: "fold 3 of 5 · 4 s left"; `shown` when the words go with curves on screen. */
export function progressLine(run: RunRow, shown: Extent = run): string {
  return LINES[run.status](run, shown);
}

/** What the two kinds of evaluation are called everywhere. */
export function kindName(useKfold: boolean): string {
  return useKfold ? "Cross-validation" : "Score of this version";
}

/** The runs as they are now: the list as it was sent last, with what has changed since by key, and new ones before it. */
export function changed(sent: readonly RunRow[], changes: Readonly<Record<string, RunRow>>): RunRow[] {
  const known = new Set(sent.map(({ key }) => key));
  const added = Object.values(changes).filter(({ key }) => !known.has(key));
  return [...added, ...sent.map((run) => changes[run.key] ?? run)];
}
