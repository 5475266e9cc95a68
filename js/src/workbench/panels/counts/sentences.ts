/** Notes on the counts and rates at the threshold. Pure. */
import { plural } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";

/** Why some of precision, recall and F1 are undefined here, or over how many concepts they are means. */
export function countsNote(data: Evaluation, k: number, point: OperatingPoint | null): string {
  if (point === null) return pendingNote(data);
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

/** Why there is no number at a threshold between the stops: Python will send it, or nobody can. */
function pendingNote({ has_counts }: Evaluation): string {
  if (has_counts) return "Exact counts at this threshold are coming from the kernel.";
  return "The platform’s curves are known at hundredths of the threshold only: move the slider to one of them.";
}

/** Over how many concepts the macro rates are means: one for all where none is left out. */
function macroNote(data: Evaluation, averaged: NonNullable<OperatingPoint["averaged"]>): string {
  const { precision, recall, f1, of } = averaged;
  const all = precision === of && recall === of && f1 === of;
  const over = all
    ? `all ${plural(of, "concept")}`
    : `the concepts where they are defined (precision ${precision}, recall ${recall}, F1 ${f1} of ${of})`;
  const counts = data.counts ? "counts are sums" : "the platform’s curves hold no counts";
  return `Precision, recall and F1 are means over ${over}; ${counts}.`;
}
