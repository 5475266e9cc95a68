import assert from "node:assert/strict";
import { test } from "node:test";
import { countsAt, encodeEvaluation, randomConcept, randomSource } from "../../dev/fixture.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import {
  exactStopIndex,
  lowerBound,
  macroPoint,
  nearestStop,
  operatingPoint,
  pointAtStop,
  pointFromCounts,
  sweep,
} from "../../src/workbench/metrics.ts";

const random = randomSource(2);
const scored = { cat: randomConcept(random, 400, 0.3, 0.5), dog: randomConcept(random, 400, 0.2, 0.4) };
const data = readEvaluation(encodeEvaluation(scored)) as Evaluation;

test("rates that divide by nothing are null, not 0 or 1", () => {
  const nothingPredicted = pointFromCounts(0, 0, 5, 7);
  assert.equal(nothingPredicted.precision, null);
  assert.equal(nothingPredicted.recall, 0);
  assert.equal(nothingPredicted.f1, 0);
  const some = pointFromCounts(3, 2, 4, 6);
  assert.deepEqual([some.precision, some.recall, some.f1, some.fpr], [3 / 5, 3 / 4, 6 / 9, 2 / 6]);
  assert.deepEqual([some.specificity, pointFromCounts(3, 0, 3, 0).specificity], [4 / 6, null]);
  const noPositives = pointFromCounts(0, 0, 0, 7);
  assert.equal(noPositives.recall, null);
  assert.equal(noPositives.f1, null);
  assert.equal(pointFromCounts(3, 0, 3, 0).fpr, null);
});

test("counts at every stop are those counted from the scores", () => {
  data.stops.forEach((stop, i) => {
    const point = pointAtStop(data, 1, i);
    assert.deepEqual({ tp: point.tp, fp: point.fp }, countsAt(scored.dog, stop));
    assert.equal((point.tp ?? 0) + (point.fn ?? 0), data.concepts[1]?.num_pos);
    assert.equal((point.fp ?? 0) + (point.tn ?? 0), data.concepts[1]?.num_neg);
  });
});

test("a macro average skips undefined rates and sums counts", () => {
  const point = macroPoint([pointFromCounts(1, 1, 2, 4), pointFromCounts(0, 0, 3, 5)]);
  assert.equal(point.precision, 0.5);
  assert.equal(point.recall, 0.25);
  assert.deepEqual(point.averaged, { precision: 1, recall: 2, f1: 2, specificity: 2, fpr: 2, of: 2 });
  assert.deepEqual([point.tp, point.fp, point.fn, point.tn], [1, 1, 4, 8]);
});

test("the sweep agrees with the points it is made of", () => {
  const rates = sweep(data, 2);
  const at = 40;
  assert.equal(rates.precision[at], pointAtStop(data, 2, at).precision);
  assert.equal(rates.recall[at], ((pointAtStop(data, 0, at).recall ?? 0) + (pointAtStop(data, 1, at).recall ?? 0)) / 2);
});

test("a threshold is looked up exactly, in the scores' own dtype, never at the nearest stop", () => {
  const stops = Float64Array.of(0, 0.1, Math.fround(0.3), 0.5, 1);
  assert.equal(exactStopIndex(stops, 0.3, "float32"), 2);
  assert.equal(exactStopIndex(stops, 0.3, "float64"), -1);
  assert.equal(exactStopIndex(stops, 0.49, "float32"), -1);
  assert.equal(exactStopIndex(new Float64Array(), 0.5, "float64"), -1);
});

test("a pointer goes to the nearest stop", () => {
  const stops = Float64Array.of(0, 0.2, 1);
  assert.deepEqual(
    [-1, 0.09, 0.11, 0.59, 0.61, 2].map((t) => nearestStop(stops, t)),
    [0, 0, 1, 1, 2, 2],
  );
  assert.deepEqual(
    [0, 0.1, 0.2, 1.1].map((t) => lowerBound(stops, t)),
    [0, 1, 1, 3],
  );
});

test("between stops a point is given only where the counts at both neighbours agree", () => {
  const counts = { tps: Uint32Array.of(5, 3, 3, 0), fps: Uint32Array.of(4, 2, 2, 2) };
  const base = { ...data, stops: Float64Array.of(0, 0.2, 0.4, 1), counts, concepts: data.concepts.slice(0, 1) };
  const at = (k: number, t: number) => operatingPoint(base, k, () => t, null);
  assert.equal(at(0, 0.3)?.tp, 3);
  assert.equal(at(1, 0.3)?.tp, 3);
  assert.equal(at(0, 0.1), null);
  assert.equal(at(0, 0.5), null);
  assert.equal(at(0, 1.5), null);
});

test("counts sent for a threshold between the stops give that threshold's rates", () => {
  const t = 0.123456;
  const [cat, dog] = [countsAt(scored.cat, t), countsAt(scored.dog, t)];
  const exact = { run: "run-1", revision: 1, thresholds: [t, t], tps: [cat.tp, dog.tp], fps: [cat.fp, dog.fp] };
  const at = (k: number) => operatingPoint(data, k, () => t, exact);
  assert.equal(at(0)?.precision, cat.tp / (cat.tp + cat.fp));
  assert.equal(at(2)?.tp, cat.tp + dog.tp);
});

test("the platform's curves give rates and no counts, and over folds only the F1 that was sent", () => {
  const rates = {
    f1: Float64Array.of(Number.NaN, 0.625),
    tpr: Float64Array.of(1, 0.5),
    fpr: Float64Array.of(1, 0.25),
    precision: Float64Array.of(0.5, Number.NaN),
  };
  const base = { ...data, counts: null, rates, stops: Float64Array.of(0, 1), concepts: data.concepts.slice(0, 1) };
  const folds = pointAtStop({ ...base, source: "platform_curves", kind: "cross-validation" }, 0, 0);
  assert.deepEqual([folds.tp, folds.precision, folds.f1], [null, 0.5, null]);
  assert.equal(pointAtStop({ ...base, source: "platform_curves", kind: "cross-validation" }, 0, 1).f1, 0.625);
  const score = pointAtStop({ ...base, source: "platform_curves", kind: "score" }, 0, 0);
  assert.equal(score.f1, 2 / 3);
  assert.equal(pointAtStop({ ...base, source: "platform_curves" }, 0, 1).precision, null);
  assert.equal(pointAtStop({ ...base, source: "platform_curves" }, 1, 0).tp, null);
});

test("the macro average takes each concept at its own threshold", () => {
  const own = [0.25, 0.75];
  const at = (k: number) => operatingPoint(data, k, (concept) => own[concept] ?? 0.5, null);
  const [cat, dog] = [countsAt(scored.cat, 0.25), countsAt(scored.dog, 0.75)];
  assert.deepEqual([at(0)?.tp, at(1)?.tp, at(2)?.tp], [cat.tp, dog.tp, cat.tp + dog.tp]);
  assert.equal(at(2)?.precision, (cat.tp / (cat.tp + cat.fp) + dog.tp / (dog.tp + dog.fp)) / 2);
  assert.deepEqual(at(2)?.averaged, { precision: 2, recall: 2, f1: 2, specificity: 2, fpr: 2, of: 2 });
});

test("exact counts hold for the concepts at whose threshold they were counted, and for no others", () => {
  const counts = { tps: Uint32Array.of(5, 3, 5, 3), fps: Uint32Array.of(4, 2, 4, 2) };
  const base = { ...data, stops: Float64Array.of(0, 1), counts };
  const exact = { run: data.run, revision: data.revision, thresholds: [0.3, 0.4], tps: [4, 5], fps: [3, 4] };
  const at = (k: number, own: readonly number[]) => operatingPoint(base, k, (c) => own[c] as number, exact);
  assert.deepEqual([at(0, [0.3, 0.4])?.tp, at(1, [0.3, 0.4])?.tp, at(2, [0.3, 0.4])?.tp], [4, 5, 9]);
  assert.deepEqual([at(0, [0.3, 0.3])?.tp, at(1, [0.3, 0.3]), at(2, [0.3, 0.3])], [4, null, null]);
  assert.equal(
    operatingPoint(base, 0, () => 0.3, { ...exact, revision: 9 }),
    null,
  );
});

test("a sweep of counts is that of its points at every stop, undefined ones included", () => {
  const few = { ...data, concepts: data.concepts.map((c, i) => (i === 0 ? { ...c, num_pos: 0 } : c)) };
  const counts = { tps: few.counts?.tps.slice() as Uint32Array, fps: few.counts?.fps as Uint32Array };
  counts.tps.fill(0, 0, few.stops.length);
  const base = { ...few, counts };
  for (const k of [0, 1, 2]) {
    const rates = sweep(base, k);
    for (let i = 0; i < base.stops.length; i++) {
      const point = pointAtStop(base, k, i);
      for (const name of ["precision", "recall", "f1", "fpr"] as const) {
        assert.equal(rates[name][i], point[name] ?? Number.NaN);
      }
    }
  }
});
