/** Sentences on the evaluation on screen and its run. Pure. */
import { isolated, plural, rate } from "../parts/format.ts";
import type { RunRow, Status } from "../wire/contract.generated.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Extent, extentOf, isRunning, progressLine, progressUnit } from "./run.ts";

/** Whether a run has ended whose last results have yet to come. */
const isCatchingUp = (run: RunRow | null, data: Evaluation | null) =>
  run?.status === "evaluated" && data !== null && !data.complete;

/** What the heading says while results are not complete: "fold 3 of 5 · 4 s left"; empty when they are. */
export function liveLine(run: RunRow | null, data: Evaluation | null): string {
  if (run === null) return "";
  if (run.status === "failed") return data && !data.complete ? `stopped at ${progressUnit(extentOf(data))}` : "";
  if (isCatchingUp(run, data)) return `${progressUnit(extentOf(data as Evaluation))} · last results on their way`;
  return isRunning(run) ? progressLine(run, data ? extentOf(data) : run) : "";
}

/** That an area is of the predictions of several folds' models, each for the inputs that it was not trained on. */
export const pooledWords = ({ kind, source, folds }: Evaluation): string =>
  kind === "cross-validation" && source === "test_set" && folds.length > 1 ? "all folds together" : "";

/** How far, in folds or quarters, so that it does not chatter. */
function evaluatingSentence(extent: Extent): string {
  return `Evaluating: ${extent.folds > 0 ? progressUnit(extent) : `${Math.floor(extent.fraction * 4) * 25} %`}.`;
}

/** What a screen reader is told of a run by its status; every status has to say its own. */
const SENTENCES = {
  queued: () => "Evaluation queued.",
  evaluating: (_, extent) => (extent.fraction > 0 ? evaluatingSentence(extent) : "Evaluation started."),
  evaluated: (run, extent, catchingUp) => {
    if (catchingUp) return evaluatingSentence(extent);
    return `Evaluation finished.${run.roc_auc === null ? "" : ` ROC AUC ${rate(run.roc_auc)}.`}`;
  },
  failed: ({ cancelled, error }) => (cancelled ? "Evaluation cancelled." : `Evaluation failed. ${error?.title ?? ""}`),
  reconnecting: () => "Connection lost; reconnecting.",
} as const satisfies Record<Status, (run: RunRow, extent: Extent, catchingUp: boolean) => string>;

/** What a screen reader is told of a run; changes rarely. */
export function runSentence(run: RunRow | null, data: Evaluation | null = null): string {
  return run === null ? "" : SENTENCES[run.status](run, data ? extentOf(data) : run, isCatchingUp(run, data));
}

/** Name of concept `k`, the macro average included. */
export function conceptName(data: Evaluation, k: number): string {
  const concept = data.concepts[k];
  return concept ? isolated(concept.name || concept.id) : `Macro average of ${plural(data.concepts.length, "concept")}`;
}

/** Why the macro average has no area: what all concepts lack; empty where it has one. */
export function noMacro({ macro, concepts }: Evaluation): string {
  if (macro.roc_auc !== null) return "";
  const [one = "", ...others] = new Set(concepts.map(({ reason }) => reason));
  return one && others.length === 0 ? one : "no concept has both positives and negatives";
}

/** Words over empty plots: what will fill them and when, or why nothing can. */
export function emptyHint(run: RunRow | null, loading: boolean, shown: Evaluation | null, k: number): string {
  if (shown !== null) {
    const reason = k >= shown.concepts.length ? noMacro(shown) : shown.concepts[k]?.reason;
    return reason ? `No ROC curve: ${reason}.` : "";
  }
  if (run?.status === "failed") {
    return `This evaluation ${run.cancelled ? "was cancelled" : "failed"} before it had results.`;
  }
  if (isRunning(run)) {
    if (!run?.live) return "Curves arrive when the platform finishes.";
    return run.use_kfold ? "The first fold’s curve is on its way." : "The first batch’s curve is on its way.";
  }
  if (loading || run !== null) return "Loading results…";
  return "Curves grow here as the results of an evaluation come in.";
}
