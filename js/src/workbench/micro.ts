/** All decisions of all concepts taken together. Pure. */
import type { Section } from "../wire/payload.ts";
import type { Evaluation } from "./evaluation.ts";
import { type OperatingPoint, pointFromCounts } from "./metrics.ts";
import { curvePath } from "./unitPlot.ts";

/** Positives and negatives of all concepts. */
const totals = ({ concepts }: Evaluation): readonly [number, number] => [
  concepts.reduce((sum, { num_pos }) => sum + num_pos, 0),
  concepts.reduce((sum, { num_neg }) => sum + num_neg, 0),
];

/** Path of the micro average's ROC, below which its area lies; empty where there is none. */
export function microRocPath({ arrays }: Section<"micro">): string {
  const { roc_fps: fps, roc_tps: tps } = arrays;
  return curvePath(fps, tps, 0, fps.length, fps.at(-1), tps.at(-1));
}

/** What holds of the micro average, given the macro average's point, whose counts are the sums over the concepts. */
export function microPoint(data: Evaluation, macro: OperatingPoint | null): OperatingPoint | null {
  if (macro === null || macro.tp === null || macro.fp === null) return null;
  return pointFromCounts(macro.tp, macro.fp, ...totals(data));
}
