/** What a plot tells of the stop under the pointer. Pure. */
import { count, rate } from "../../parts/format.ts";
import type { Evaluation } from "../evaluation.ts";
import { type OperatingPoint, pointAtStop } from "../metrics.ts";
import { shownThreshold } from "../thresholds.ts";

/** Threshold, rates and counts at a stop, in short lines. */
export function readingText(data: Evaluation, k: number, stop: number): string {
  const point = pointAtStop(data, k, stop);
  // As the field will show it, where a click sets it for all.
  const at = shownThreshold(data, data.concepts.length, data.stops[stop] as number);
  const rates = `precision ${rate(point.precision)} · recall ${rate(point.recall)}`;
  const others = `FPR ${rate(point.fpr)} · F1 ${rate(point.f1)}`;
  return [`Click: threshold ${at}`, rates, others, countsText(point)].filter(Boolean).join("\n");
}

/** The four counts; nothing where there are none. */
function countsText({ tp, fp, fn, tn }: OperatingPoint): string {
  return tp === null ? "" : `TP ${count(tp)} · FP ${count(fp)} · FN ${count(fn)} · TN ${count(tn)}`;
}
