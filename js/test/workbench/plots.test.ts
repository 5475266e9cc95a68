import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, randomConcept, randomSource, rocOf } from "../../dev/fixture.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { foldRocPath, rocPath } from "../../src/workbench/panels/roc/index.tsx";
import { foldF1Path } from "../../src/workbench/panels/sweep/index.tsx";
import { curvePath, gappedPath, nearestPoint, pathArea } from "../../src/workbench/unitPlot.ts";

const random = randomSource(3);
const scored = { cat: randomConcept(random, 500, 0.3, 0.5), dog: randomConcept(random, 500, 0.2, 0.4) };
const data = readEvaluation(encodeEvaluation(scored, { folds: [1, 2, 3], foldsTotal: 3 })) as Evaluation;
const [roc, sweep] = [data.payload.section("roc"), data.payload.section("sweep")];

test("the area under the drawn ROC is the exact AUC", () => {
  assert.ok(Math.abs(pathArea(rocPath(data, roc, 0)) - rocOf(scored.cat).auc) < 1e-8);
  assert.ok(Math.abs(pathArea(rocPath(data, roc, 1)) - rocOf(scored.dog).auc) < 1e-8);
});

test("a ROC starts at the origin and ends at (1, 1), the macro average's too", () => {
  for (const k of [0, 1, 2]) assert.match(rocPath(data, roc, k), /^M0,0L.*L1,1$/);
});

test("each fold draws its own ROC", () => {
  const third = {
    labels: scored.dog.labels.filter((_, i) => i % 3 === 2),
    scores: scored.dog.scores.filter((_, i) => i % 3 === 2),
  };
  assert.ok(Math.abs(pathArea(foldRocPath(data, roc, 2, 1)) - rocOf(third).auc) < 1e-6);
  assert.match(foldF1Path(data, sweep, 2, 1), /^M0,0\.\d+/);
});

test("a ROC without positives or negatives draws nothing", () => {
  assert.equal(curvePath([0, 1], [0, 0], 0, 2, 1, 0), "");
  assert.equal(curvePath([0, 1], [0, Number.NaN], 0, 2), "");
  assert.equal(curvePath([0], [0], 0, 1), "");
});

test("an undefined value is a gap in a sweep, and a lone value stays visible", () => {
  const { NaN: nan } = Number;
  assert.equal(gappedPath([0, 0.5, 1], [1, nan, 0.25]), "M0,1L0,1M1,0.25L1,0.25");
  assert.equal(gappedPath([0, 0.5, 1], [nan, nan, nan]), "");
});

test("the nearest point passes over undefined ones", () => {
  assert.equal(nearestPoint([0, Number.NaN, 1], [0, 0.9, 1], 0.9, 0.9), 2);
  assert.equal(nearestPoint([Number.NaN], [0], 0, 0), -1);
});
