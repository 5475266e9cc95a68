/** All decisions of all concepts taken together. Pure. */
import type { Evaluation } from "./evaluation.ts";
import { type OperatingPoint, pointFromCounts, type Sweep } from "./metrics.ts";
import { forRates, RATE_NAMES, RATES } from "./rates.ts";

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
  const rates = forRates(() => new Float64Array(length));
  for (let i = 0; i < length; i++) {
    let [tp, fp] = [0, 0];
    for (let at = i; at < tps.length; at += length) {
      tp += tps[at] as number;
      fp += fps[at] as number;
    }
    for (const name of RATE_NAMES) rates[name][i] = RATES[name].ofCounts(tp, fp, positives, negatives);
  }
  return rates;
}

/** What holds of the micro average, given the macro average's point, whose counts are the sums over the concepts. */
export function microPoint(data: Evaluation, macro: OperatingPoint | null): OperatingPoint | null {
  if (macro === null || macro.tp === null || macro.fp === null) return null;
  return pointFromCounts(macro.tp, macro.fp, ...totals(data));
}
