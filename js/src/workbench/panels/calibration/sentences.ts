/** Calibration in words. Pure. */
import { count, plural, rate } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";
import { type Calibration, offDiagonal, shares } from "./bins.ts";

/** Whose scores these are, within a sentence. */
export function subject({ head }: Calibration, evaluation: Evaluation): string {
  const k = evaluation.concepts.findIndex((concept) => concept.id === head.concept);
  return k < 0 ? `all ${plural(evaluation.concepts.length, "concept")}, pooled` : conceptName(evaluation, k);
}

/** The error beside what it would be of calibrated scores, or why there is none. */
export function errorSentence({ head }: Calibration): { value: string; beside: string } {
  if (head.error === null) return { value: "undefined: no scores", beside: "" };
  const expected = head.expected_error;
  const dependent = head.concept === null ? "of decisions that depend on one another" : "of inputs in groups";
  return {
    value: rate(head.error),
    beside: expected === null ? dependent : `${rate(expected)} by chance alone`,
  };
}

/** Why that expectation leads nowhere. */
export const BY_CHANCE = "Drawn at random from the scores themselves: no inputs stand behind it";

/** What the error leads to: it is a sum over bins. */
export function worstTitle({ head }: Calibration): string {
  const { largest, error, largest_from: from, largest_below: below } = head;
  const ends = below === null ? `from ${rate(from)} on` : `from ${rate(from)} to below ${rate(below)}`;
  return `Show the inputs of the bin that adds most to it, ${rate(largest)} of ${rate(error)}: scores ${ends}`;
}

/** Description of the diagram in a few sentences. */
export function calibrationSentence(section: Calibration | null, evaluation: Evaluation | null): string {
  if (section === null || evaluation === null) return "No scores yet.";
  const { value, beside } = errorSentence(section);
  const whose = `Calibration of ${subject(section, evaluation)}`;
  if (section.head.error === null) return `${whose}: ${value}.`;
  const bins = section.arrays.sizes.length;
  const off = offDiagonal(section);
  const grouped = section.head.expected_error === null;
  const away = off
    ? `${off} of them ${off === 1 ? "lies" : "lie"} off the diagonal beyond chance`
    : "none beyond chance";
  const error = `expected calibration error ${value} over ${plural(section.head.error_bins, "equally wide bin")}, ${beside}${grouped ? "" : " were the scores calibrated"}`;
  const intervals = grouped ? "95 % intervals, clustered" : "95 % intervals";
  return `${whose}: ${error}. ${plural(bins, "bin")} of equally many decisions, ${away} (${intervals}).`;
}

/** What a bin holds, in two short lines. */
export function binText(section: Calibration, bin: number): string {
  const { sizes, positives, mean_scores: means, low, high } = section.arrays;
  const share = `share ${rate(shares(section)[bin])} [${rate(low[bin])}, ${rate(high[bin])}]`;
  return `Bin at ${rate(means[bin])}: ${count(positives[bin])} of ${count(sizes[bin])} positive\n${share}`;
}
