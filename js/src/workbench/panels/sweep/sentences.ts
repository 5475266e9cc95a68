/** The threshold sweep in words. Pure. */
import { rate } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { conceptName } from "../../sentences.ts";
import { shownThreshold } from "../../thresholds.ts";

/** Description of the threshold sweep in a sentence. */
export function sweepSentence(data: Evaluation | null, k: number, point: OperatingPoint | null, t: number): string {
  if (data === null) return "No curve yet.";
  const here = point
    ? ` At threshold ${shownThreshold(data, k, t)}: precision ${rate(point.precision)}, recall ${rate(point.recall)}, F1 ${rate(point.f1)}.`
    : "";
  return `Precision, recall and F1 of ${conceptName(data, k)} over all thresholds from 0 to 1.${here}`;
}
