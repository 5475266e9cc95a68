/** Notes on the counts and rates at the threshold. Pure. */
import { plural } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { BESIDE_COUNTS, notOfFolds, RATES } from "../../rates.ts";

/** Why some of the rates are undefined here, or over how many concepts they are means. */
export function countsNote(data: Evaluation, k: number, point: OperatingPoint | null): string {
  if (point === null) return pendingNote(data);
  if (point.averaged) return macroNote(data, point.averaged);
  const reasons: string[] = [];
  for (const name of BESIDE_COUNTS.filter((shown) => point[shown] === null)) {
    const { word, undefined: why, ofMeans } = RATES[name];
    const missing = point.tp === null && !ofMeans && data.kind === "cross-validation";
    reasons.push(missing ? `${word} ${notOfFolds(data, k)}` : `${word} is undefined: ${why}`);
  }
  if (point.tp === null) reasons.push(`${theRates(data)}, no counts`);
  const text = reasons.join("; ");
  const concept = data.concepts[k];
  if (text === "" && concept) return `${plural(concept.num_pos, "positive")}, ${plural(concept.num_neg, "negative")}.`;
  return text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** What the platform sent in place of counts. */
const theRates = ({ kind }: Evaluation) =>
  kind === "cross-validation" ? "means of folds: the platform sent rates" : "the platform sent rates only";

/** Why there is no number at a threshold between the stops: Python will send it, or nobody can. */
function pendingNote({ has_counts }: Evaluation): string {
  if (has_counts) return "Exact counts at this threshold are coming from the kernel.";
  return "The platform’s curves are known at hundredths of the threshold only: move the slider to one of them.";
}

/** Over how many concepts the macro rates are means: one for all where none is left out. */
function macroNote(data: Evaluation, averaged: NonNullable<OperatingPoint["averaged"]>): string {
  const { of } = averaged;
  if (of === 1 && data.counts) return "Rates and counts are those of the only concept.";
  const fewer = BESIDE_COUNTS.filter((name) => averaged[name] !== of);
  const each = fewer.map((name) => `${RATES[name].word} ${averaged[name]}`).join(", ");
  const over =
    fewer.length === 0 ? `means over all ${plural(of, "concept")}` : `means where defined (${each} of ${of})`;
  const counts = data.counts ? "counts are sums" : `${theRates(data)}, no counts`;
  return `Rates are ${over}; ${counts}.`;
}
