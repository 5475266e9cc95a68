/** Sentences for the live region and for the descriptions of the plots. Pure. */
import { type Pending, waitText } from "./actions.ts";
import { type Extent, plural, progressLine, progressUnit, rate, threshold } from "./format.ts";
import type { OperatingPoint } from "./metrics.ts";
import type { Curves, RunEntry } from "./protocol.ts";
import { isRunning } from "./rows.ts";

/** How far the curves on screen are; the run itself may be a step ahead of them. */
function extentOf(data: Curves): Extent {
  const { folds, folds_total, inputs, inputs_total } = data;
  const fraction = inputs_total > 0 ? inputs / inputs_total : 0;
  return { folds_done: folds.length, folds: folds_total, inputs_done: inputs, inputs: inputs_total, fraction };
}

/** Whether a run has ended whose last results have yet to come. */
const isCatchingUp = (run: RunEntry | null, data: Curves | null) =>
  run?.status === "evaluated" && data !== null && !data.complete;

/** What the heading says while results are not complete: "fold 3 of 5 · 4 s left"; empty when they are. */
export function liveLine(run: RunEntry | null, data: Curves | null): string {
  if (run === null) return "";
  if (run.status === "failed") return data && !data.complete ? `stopped at ${progressUnit(extentOf(data))}` : "";
  if (isCatchingUp(run, data)) return `${progressUnit(extentOf(data as Curves))} · last results on their way`;
  return isRunning(run) ? progressLine(run, data ? extentOf(data) : run) : "";
}

/** What a screen reader is told of a run; changes rarely, so that it does not chatter. */
export function runSentence(run: RunEntry | null, data: Curves | null = null): string {
  if (run === null) return "";
  const extent = data ? extentOf(data) : run;
  const quarter = `${Math.floor(extent.fraction * 4) * 25} %`;
  const evaluating = `Evaluating: ${extent.folds > 0 ? progressUnit(extent) : quarter}.`;
  switch (run.status) {
    case "queued":
      return "Evaluation queued.";
    case "reconnecting":
      return "Connection lost; reconnecting.";
    case "evaluating":
      return extent.fraction > 0 ? evaluating : "Evaluation started.";
    case "evaluated":
      if (isCatchingUp(run, data)) return evaluating;
      return `Evaluation finished.${run.roc_auc === null ? "" : ` ROC AUC ${rate(run.roc_auc)}.`}`;
    case "failed":
      return `Evaluation failed. ${run.error?.title ?? ""}`;
  }
}

/** The one status of the widget: a wait first, then what the run on screen does. */
export function statusSentence(
  pending: Readonly<Record<string, Pending>>,
  run: RunEntry | null,
  data: Curves | null,
): string {
  const wait = Object.values(pending).map(waitText).find(Boolean);
  return wait ? `${wait}.`.replace("..", ".") : runSentence(run, data);
}

/** Name of concept `k`, the macro average included. */
export function conceptName(data: Curves, k: number): string {
  const concept = data.concepts[k];
  return concept ? concept.name || concept.id : `Macro average of ${plural(data.concepts.length, "concept")}`;
}

/** The AUC beside the ROC: which one it is, its spread over folds, or why there is none. */
export function aucSentence(data: Curves, k: number): { value: string; which: string; spread: string } {
  const entry = data.concepts[k] ?? data.macro;
  const pooled = data.kind === "cross-validation" && data.source === "test_set" ? "pooled out-of-fold" : "";
  const macro = k >= data.concepts.length;
  const which = [macro ? "macro" : "", pooled, data.source === "platform_curves" ? "as the platform reports" : ""];
  const reason = data.concepts[k]?.reason || "no concept has both classes";
  const folds = entry.fold_roc_auc;
  const of = macro ? `${plural(data.concepts.length, "concept")} × ` : "";
  const spread = folds && (macro || folds.folds > 1) ? ` ± ${rate(folds.std)}` : "";
  return {
    value: entry.roc_auc === null ? `undefined: ${reason}` : rate(entry.roc_auc),
    which: entry.roc_auc === null ? "" : which.filter(Boolean).join(", "),
    spread:
      folds && folds.mean !== null
        ? `fold mean ${rate(folds.mean)}${spread} (${of}${plural(folds.folds, "fold")})`
        : "",
  };
}

/** Description of the ROC in a sentence. */
export function rocSentence(data: Curves | null, k: number, point: OperatingPoint | null, t: number): string {
  if (data === null) return "No curve yet.";
  const auc = aucSentence(data, k);
  const which = [auc.which, auc.spread].filter(Boolean).join("; ");
  const here = point ? ` At threshold ${threshold(t, data.dtype)}: ${rates(point)}.` : "";
  return `ROC of ${conceptName(data, k)}: AUC ${auc.value}${which ? ` (${which})` : ""}.${here}`;
}

const rates = (point: OperatingPoint) =>
  `true positive rate ${rate(point.recall)}, false positive rate ${rate(point.fpr)}`;

/** Description of the threshold sweep in a sentence. */
export function sweepSentence(data: Curves | null, k: number, point: OperatingPoint | null, t: number): string {
  if (data === null) return "No curve yet.";
  const here = point
    ? ` At threshold ${threshold(t, data.dtype)}: precision ${rate(point.precision)}, recall ${rate(point.recall)}, F1 ${rate(point.f1)}.`
    : "";
  return `Precision, recall and F1 of ${conceptName(data, k)} over all thresholds from 0 to 1.${here}`;
}

/** Why some of precision, recall and F1 are undefined here, or over how many concepts they are means. */
export function countsNote(data: Curves, k: number, point: OperatingPoint): string {
  if (point.averaged) return macroNote(data, point.averaged);
  const reasons: string[] = [];
  if (point.precision === null) reasons.push("precision is undefined: nothing is predicted at this threshold");
  if (point.recall === null) reasons.push("recall is undefined: no positives");
  if (point.f1 === null && point.tp === null) reasons.push("F1 cannot be had from rates averaged over folds");
  else if (point.f1 === null) reasons.push("F1 is undefined: no positives, nothing predicted");
  if (point.tp === null) reasons.push("the platform’s curves hold rates, not counts");
  const text = reasons.join("; ");
  const concept = data.concepts[k];
  if (text === "" && concept) return `${plural(concept.num_pos, "positive")}, ${plural(concept.num_neg, "negative")}.`;
  return text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function macroNote(data: Curves, averaged: NonNullable<OperatingPoint["averaged"]>): string {
  const { precision, recall, f1, of } = averaged;
  const all = precision === of && recall === of && f1 === of;
  const over = all
    ? `all ${plural(of, "concept")}`
    : `the concepts where they are defined (precision ${precision}, recall ${recall}, F1 ${f1} of ${of})`;
  const counts = data.counts ? "counts are sums" : "the platform’s curves hold no counts";
  return `Precision, recall and F1 are means over ${over}; ${counts}.`;
}
