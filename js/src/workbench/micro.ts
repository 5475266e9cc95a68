/** All decisions of all concepts taken together. Pure. */
import type { Evaluation } from "./evaluation.ts";
import { type OperatingPoint, pointFromCounts, type Sweep } from "./metrics.ts";

/** Positives and negatives of all concepts. */
const totals = ({ concepts }: Evaluation): readonly [number, number] => [
  concepts.reduce((sum, { num_pos }) => sum + num_pos, 0),
  concepts.reduce((sum, { num_neg }) => sum + num_neg, 0),
];

/** Rates of the micro average at every stop, with one threshold for all concepts; null where there are no counts. */
export function microSweep(data: Evaluation): Sweep | null {
  if (data.counts === null) return null;
  const { tps, fps } = data.counts;
  const length = data.stops.length;
  const [positives, negatives] = totals(data);
  const made = () => new Float64Array(length);
  const rates = { precision: made(), recall: made(), f1: made(), fpr: made() };
  for (let i = 0; i < length; i++) {
    let [tp, fp] = [0, 0];
    for (let at = i; at < tps.length; at += length) {
      tp += tps[at] as number;
      fp += fps[at] as number;
    }
    // 0 / 0 is NaN: undefined.
    rates.precision[i] = tp / (tp + fp);
    rates.recall[i] = tp / positives;
    rates.f1[i] = (2 * tp) / (tp + fp + positives);
    rates.fpr[i] = fp / negatives;
  }
  return rates;
}

/** What holds of the micro average, given the macro average's point, whose counts are the sums over the concepts. */
export function microPoint(data: Evaluation, macro: OperatingPoint | null): OperatingPoint | null {
  if (macro === null || macro.tp === null || macro.fp === null) return null;
  return pointFromCounts(macro.tp, macro.fp, ...totals(data));
}
