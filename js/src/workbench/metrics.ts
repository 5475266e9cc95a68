/**
 * Rates from counts, in the field's terms. Pure; knows nobody but the shape of an evaluation.
 *
 * Undefined is null (in arrays: NaN), never 0 or 1. A macro rate is the mean of the defined ones; macro counts are sums.
 */
import type { ConceptFigures, ExactCounts } from "../wire/contract.generated.ts";
import type { Evaluation } from "./evaluation.ts";
import { forRates, RATE_NAMES, RATES, type RateName } from "./rates.ts";

/** What holds at a threshold for a concept, or for the macro average: counts, and rates, null where undefined. */
export interface OperatingPoint extends Record<RateName, number | null> {
  /** Inputs labelled with the concept that score at least the threshold; null where only rates are known. */
  tp: number | null;
  /** Others that score at least the threshold; null where only rates are known. */
  fp: number | null;
  /** Labelled inputs below the threshold; null where only rates are known. */
  fn: number | null;
  /** Others below the threshold; null where only rates are known. */
  tn: number | null;
  /** Over how many concepts each rate is a mean, of how many; null for a single concept. */
  averaged: (Record<RateName, number> & { of: number }) | null;
}

/** Rates at every stop; NaN undefined. Recall is the true positive rate. */
export type Sweep = Record<RateName, Float64Array>;

/** A number as it is, and what stands for an undefined one as null. */
const finite = (x: number): number | null => (Number.isNaN(x) ? null : x);

/** Mean of a rate over the points where it is defined, and how many there were. */
function meanDefined(points: readonly OperatingPoint[], name: RateName): { mean: number | null; count: number } {
  let sum = 0;
  let count = 0;
  for (const { [name]: value } of points) {
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return { mean: count === 0 ? null : sum / count, count };
}

/** Operating point of one concept from its counts. F1 is 2tp / (2tp + fp + fn), as in scikit-learn. */
export function pointFromCounts(tp: number, fp: number, numPos: number, numNeg: number): OperatingPoint {
  const rates = forRates((name) => finite(RATES[name].ofCounts(tp, fp, numPos, numNeg)));
  return { tp, fp, fn: numPos - tp, tn: numNeg - fp, ...rates, averaged: null };
}

/** Macro average of concepts' points: rates are means of the defined ones, counts are sums. */
export function macroPoint(points: readonly OperatingPoint[]): OperatingPoint {
  const sum = (name: "tp" | "fp" | "fn" | "tn") =>
    points.reduce<number | null>((total, p) => (total === null || p[name] === null ? null : total + p[name]), 0);
  const means = forRates((name) => meanDefined(points, name));
  return {
    tp: sum("tp"),
    fp: sum("fp"),
    fn: sum("fn"),
    tn: sum("tn"),
    ...forRates((name) => means[name].mean),
    averaged: { ...forRates((name) => means[name].count), of: points.length },
  };
}

/** The platform's rates at a stop; it sends no counts, and none can be had from rounded rates. */
function pointFromRates(data: Evaluation, k: number, stop: number): OperatingPoint {
  const at = k * data.stops.length + stop;
  const given = (rates: Float64Array | undefined) => rates?.[at] ?? Number.NaN;
  const [precision, recall, fpr] = [given(data.rates?.precision), given(data.rates?.tpr), given(data.rates?.fpr)];
  const means = data.kind === "cross-validation";
  const sent: { readonly [name in RateName]?: Float64Array | undefined } = { f1: data.rates?.f1 };
  const rates = forRates((name) => {
    const { ofMeans, ofRates } = RATES[name];
    return finite(means && !ofMeans ? given(sent[name]) : ofRates(precision, recall, fpr));
  });
  return { tp: null, fp: null, fn: null, tn: null, ...rates, averaged: null };
}

/** Operating point of one concept at a stop, from its counts where there are counts. */
function conceptPoint(data: Evaluation, k: number, stop: number): OperatingPoint {
  const concept = data.concepts[k];
  if (data.counts === null || concept === undefined) return pointFromRates(data, k, stop);
  const at = k * data.stops.length + stop;
  return pointFromCounts(data.counts.tps[at] ?? 0, data.counts.fps[at] ?? 0, concept.num_pos, concept.num_neg);
}

/** Operating point at a stop; `k` = number of concepts means the macro average with that one threshold for all. */
export function pointAtStop(data: Evaluation, k: number, stop: number): OperatingPoint {
  if (k < data.concepts.length) return conceptPoint(data, k, stop);
  return macroPoint(data.concepts.map((_, concept) => conceptPoint(data, concept, stop)));
}

/**
 * Operating point of a concept where the stops or Python's counts settle it, else null.
 *
 * Counts never rise with the threshold: equal counts at both neighbouring stops hold between them.
 */
function pointAtThreshold(data: Evaluation, k: number, t: number, exact: ExactCounts | null): OperatingPoint | null {
  const stop = exactStopIndex(data.stops, t, data.dtype);
  if (stop >= 0) return conceptPoint(data, k, stop);
  const concept = data.concepts[k];
  const sent = exact?.run === data.run && exact.revision === data.revision && exact.thresholds[k] === t;
  if (sent && concept) return pointFromCounts(exact.tps[k] ?? 0, exact.fps[k] ?? 0, concept.num_pos, concept.num_neg);
  const above = lowerBound(data.stops, t);
  if (data.counts === null || above === 0 || above >= data.stops.length) return null;
  const at = k * data.stops.length + above;
  const { tps, fps } = data.counts;
  return tps[at] === tps[at - 1] && fps[at] === fps[at - 1] ? conceptPoint(data, k, above) : null;
}

/**
 * What holds for concept `k` at its threshold; for the macro average (`k` = number of concepts) with each concept at its
 * own. Null while the counts of a threshold between the stops are not known.
 */
export function operatingPoint(
  data: Evaluation,
  k: number,
  thresholdOf: (k: number) => number,
  exact: ExactCounts | null,
): OperatingPoint | null {
  if (k < data.concepts.length) return pointAtThreshold(data, k, thresholdOf(k), exact);
  const points: OperatingPoint[] = [];
  for (let concept = 0; concept < data.concepts.length; concept++) {
    const point = pointAtThreshold(data, concept, thresholdOf(concept), exact);
    if (point === null) return null;
    points.push(point);
  }
  return macroPoint(points);
}

/** Sums over concepts at every stop, and of how many concepts: a mean once one is divided by the other. */
interface Totals {
  readonly sums: Sweep;
  readonly defined: Sweep;
}

/** Adds a value where it is defined; undefined ones are left out of both sum and number. */
function add(sums: Float64Array, defined: Float64Array, i: number, value: number): void {
  if (Number.isNaN(value)) return;
  sums[i] = (sums[i] as number) + value;
  defined[i] = (defined[i] as number) + 1;
}

/** The innermost loop of a macro average: what is the same at all stops is looked up once, and no object is made. */
function addCounts(
  totals: Totals,
  counts: NonNullable<Evaluation["counts"]>,
  from: number,
  concept: ConceptFigures,
): void {
  const { num_pos: positives, num_neg: negatives } = concept;
  const { tps, fps } = counts;
  for (const name of RATE_NAMES) {
    const { ofCounts } = RATES[name];
    const [sums, defined] = [totals.sums[name], totals.defined[name]];
    for (let i = 0; i < sums.length; i++) {
      add(sums, defined, i, ofCounts(tps[from + i] as number, fps[from + i] as number, positives, negatives));
    }
  }
}

/** Adds a concept of which only rates are known. */
function addRates(totals: Totals, data: Evaluation, k: number): void {
  for (let i = 0; i < data.stops.length; i++) {
    const point = pointFromRates(data, k, i);
    for (const name of RATE_NAMES) add(totals.sums[name], totals.defined[name], i, point[name] ?? Number.NaN);
  }
}

/**
 * Rates at every stop for concept `k`, or for the macro average when `k` is the number of concepts.
 *
 * The macro average is summed concept by concept into typed arrays, without an object a point.
 */
export function sweep(data: Evaluation, k: number): Sweep {
  const length = data.stops.length;
  const zeros = () => forRates(() => new Float64Array(length));
  const totals: Totals = { sums: zeros(), defined: zeros() };
  const [from, to] = k < data.concepts.length ? [k, k + 1] : [0, data.concepts.length];
  for (let concept = from; concept < to; concept++) {
    if (data.counts === null) addRates(totals, data, concept);
    else addCounts(totals, data.counts, concept * length, data.concepts[concept] as ConceptFigures);
  }
  // 0 / 0 is NaN: undefined where no concept is defined.
  return forRates((name) => totals.sums[name].map((sum, i) => sum / (totals.defined[name][i] as number)));
}

/** Index of the first element >= t in ascending `values`; their length when there is none. */
export function lowerBound(values: Float64Array, t: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Stop nearest to `t`, for a pointer; the threshold then becomes that stop. */
export function nearestStop(stops: Float64Array, t: number): number {
  const above = Math.min(lowerBound(stops, t), stops.length - 1);
  const below = Math.max(above - 1, 0);
  return t - (stops[below] as number) < (stops[above] as number) - t ? below : above;
}

/** A threshold as scores are held against it: positive means score >= t in the scores' own dtype. */
export const inDtype = (t: number, dtype: Evaluation["dtype"]): number => (dtype === "float32" ? Math.fround(t) : t);

/** Stop whose counts are exactly those of threshold `t`, or -1: two thresholds that round to one float32 count alike. */
export function exactStopIndex(stops: Float64Array, t: number, dtype: Evaluation["dtype"]): number {
  const near = nearestStop(stops, t);
  return stops.length > 0 && inDtype(stops[near] as number, dtype) === inDtype(t, dtype) ? near : -1;
}
