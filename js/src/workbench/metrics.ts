/**
 * Rates from counts, in the field's terms. Pure; knows nobody but the shape of an evaluation.
 *
 * Undefined is null (in arrays: NaN), never 0 or 1. A macro rate is the mean of the defined ones; macro counts are sums.
 */
import type { ConceptFigures, ExactCounts } from "../wire/contract.ts";
import type { Evaluation } from "./evaluation.ts";

/** What holds at a threshold for a concept, or for the macro average. */
export interface OperatingPoint {
  /** Inputs labelled with the concept that score at least the threshold; null where only rates are known. */
  tp: number | null;
  /** Others that score at least the threshold; null where only rates are known. */
  fp: number | null;
  /** Labelled inputs below the threshold; null where only rates are known. */
  fn: number | null;
  /** Others below the threshold; null where only rates are known. */
  tn: number | null;
  /** tp / (tp + fp); null where nothing is predicted. */
  precision: number | null;
  /** tp / (tp + fn), the true positive rate; null without positives. */
  recall: number | null;
  /** 2tp / (2tp + fp + fn); null without positives where nothing is predicted. */
  f1: number | null;
  /** fp / (fp + tn); null without negatives. */
  fpr: number | null;
  /** Over how many concepts each rate is a mean; null for a single concept. */
  averaged: { precision: number; recall: number; f1: number; of: number } | null;
}

/** Rates at every stop; NaN undefined. Recall is the true positive rate. */
export interface Sweep {
  precision: Float64Array;
  recall: Float64Array;
  f1: Float64Array;
  fpr: Float64Array;
}

/** a / b, null when b is 0. */
export function ratio(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}

/** A number as it is, and what stands for an undefined one as null. */
const finite = (x: number | undefined): number | null => (x === undefined || Number.isNaN(x) ? null : x);

/** Mean of the values that are defined, and how many there were. */
export function meanDefined(values: Iterable<number | null>): { mean: number | null; count: number } {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return { mean: ratio(sum, count), count };
}

/** Operating point of one concept from its counts. F1 is 2tp / (2tp + fp + fn), as in scikit-learn. */
export function pointFromCounts(tp: number, fp: number, numPos: number, numNeg: number): OperatingPoint {
  const fn = numPos - tp;
  return {
    tp,
    fp,
    fn,
    tn: numNeg - fp,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, numPos),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    fpr: ratio(fp, numNeg),
    averaged: null,
  };
}

/** Macro average of concepts' points: rates are means of the defined ones, counts are sums. */
export function macroPoint(points: readonly OperatingPoint[]): OperatingPoint {
  const sum = (name: "tp" | "fp" | "fn" | "tn") =>
    points.reduce<number | null>((total, p) => (total === null || p[name] === null ? null : total + p[name]), 0);
  const mean = (name: "precision" | "recall" | "f1" | "fpr") => meanDefined(points.map((p) => p[name]));
  const [precision, recall, f1] = [mean("precision"), mean("recall"), mean("f1")];
  return {
    tp: sum("tp"),
    fp: sum("fp"),
    fn: sum("fn"),
    tn: sum("tn"),
    precision: precision.mean,
    recall: recall.mean,
    f1: f1.mean,
    fpr: mean("fpr").mean,
    averaged: { precision: precision.count, recall: recall.count, f1: f1.count, of: points.length },
  };
}

/** F1 from rates is right only where precision and recall belong to one set of predictions, not to a mean over folds. */
function f1FromRates(kind: Evaluation["kind"], precision: number | null, recall: number | null): number | null {
  const derivable = kind !== "cross-validation" && precision !== null && recall !== null;
  return derivable ? ratio(2 * precision * recall, precision + recall) : null;
}

/** The platform's rates at a stop; it sends no counts, and none can be had from rounded rates. */
function pointFromRates(data: Evaluation, k: number, stop: number): OperatingPoint {
  const at = k * data.stops.length + stop;
  const precision = finite(data.rates?.precision[at]);
  const recall = finite(data.rates?.tpr[at]);
  const f1 = f1FromRates(data.kind, precision, recall);
  const fpr = finite(data.rates?.fpr[at]);
  return { tp: null, fp: null, fn: null, tn: null, precision, recall, f1, fpr, averaged: null };
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

/** Room for rates at so many stops. */
function emptySweep(length: number): Sweep {
  const made = () => new Float64Array(length);
  return { precision: made(), recall: made(), f1: made(), fpr: made() };
}

/** Adds a defined value; undefined ones are left out of both sum and number. */
function add(sums: Float64Array, defined: Float64Array, i: number, value: number): void {
  sums[i] = (sums[i] as number) + value;
  defined[i] = (defined[i] as number) + 1;
}

/** The innermost loop of a macro average: arrays are looked up once, and no object is made. */
function addCounts(
  totals: Totals,
  counts: NonNullable<Evaluation["counts"]>,
  from: number,
  concept: ConceptFigures,
): void {
  const { num_pos: positives, num_neg: negatives } = concept;
  const { sums, defined } = totals;
  const [precision, recall, f1, fpr] = [sums.precision, sums.recall, sums.f1, sums.fpr];
  const [precisions, recalls, f1s, fprs] = [defined.precision, defined.recall, defined.f1, defined.fpr];
  const { tps, fps } = counts;
  for (let i = 0; i < f1.length; i++) {
    const tp = tps[from + i] as number;
    const fp = fps[from + i] as number;
    if (tp + fp > 0) add(precision, precisions, i, tp / (tp + fp));
    if (positives > 0) add(recall, recalls, i, tp / positives);
    if (tp + fp + positives > 0) add(f1, f1s, i, (2 * tp) / (tp + fp + positives));
    if (negatives > 0) add(fpr, fprs, i, fp / negatives);
  }
}

/** Adds a concept of which only rates are known. */
function addRates({ sums, defined }: Totals, data: Evaluation, k: number): void {
  for (let i = 0; i < data.stops.length; i++) {
    const { precision, recall, f1, fpr } = pointFromRates(data, k, i);
    if (precision !== null) add(sums.precision, defined.precision, i, precision);
    if (recall !== null) add(sums.recall, defined.recall, i, recall);
    if (f1 !== null) add(sums.f1, defined.f1, i, f1);
    if (fpr !== null) add(sums.fpr, defined.fpr, i, fpr);
  }
}

/**
 * Rates at every stop for concept `k`, or for the macro average when `k` is the number of concepts.
 *
 * The macro average is summed concept by concept into typed arrays, without an object a point.
 */
export function sweep(data: Evaluation, k: number): Sweep {
  const length = data.stops.length;
  const totals: Totals = { sums: emptySweep(length), defined: emptySweep(length) };
  const [from, to] = k < data.concepts.length ? [k, k + 1] : [0, data.concepts.length];
  for (let concept = from; concept < to; concept++) {
    if (data.counts === null) addRates(totals, data, concept);
    else addCounts(totals, data.counts, concept * length, data.concepts[concept] as ConceptFigures);
  }
  // 0 / 0 is NaN: undefined where no concept is defined.
  const mean = (name: keyof Sweep) => totals.sums[name].map((sum, i) => sum / (totals.defined[name][i] as number));
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1"), fpr: mean("fpr") };
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

/**
 * Stop whose counts are exactly those of threshold `t`, or -1.
 *
 * Positive means score >= t in the scores' own dtype, so two thresholds that round to one float32 count alike.
 */
export function exactStopIndex(stops: Float64Array, t: number, dtype: Evaluation["dtype"]): number {
  const key = dtype === "float32" ? Math.fround : (x: number) => x;
  const near = nearestStop(stops, t);
  return stops.length > 0 && key(stops[near] as number) === key(t) ? near : -1;
}
