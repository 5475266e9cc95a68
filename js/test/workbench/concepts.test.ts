import assert from "node:assert/strict";
import { test } from "node:test";
import { averagePrecision as ap, encodeEvaluation, randomConcept, randomSource } from "../../dev/fixture.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { pointAtStop } from "../../src/workbench/metrics.ts";
import { rowForKey } from "../../src/workbench/panels/concepts/index.tsx";
import {
  areaOf,
  averagePrecision,
  figureOf,
  inView,
  nextSorting,
  ordered,
  ROW_HEIGHT,
  scrolledTo,
} from "../../src/workbench/panels/concepts/rows.ts";
import { aucTitle } from "../../src/workbench/panels/concepts/sentences.ts";
import { tinyRoc } from "../../src/workbench/panels/concepts/tiny.ts";

const random = randomSource(11);
const scored = Object.fromEntries(
  ["de", "fr", "it", "sv"].map((id, i) => [id, randomConcept(random, 200, 0.1 + 0.1 * i, 0.9 - 0.2 * i)]),
);
const read = readEvaluation(encodeEvaluation(scored)) as Evaluation;
const names: Record<string, string> = { de: "German", fr: "French", it: "Italian", sv: "Swedish" };
const evaluation: Evaluation = {
  ...read,
  concepts: read.concepts.map((one) => ({ ...one, name: names[one.id] as string })),
};
const values = {
  evaluation,
  section: read.payload.section("concepts"),
  pointOf: (k: number) => pointAtStop(evaluation, k, 40),
  thresholdOf: () => 0.4,
};
const ids = (order: readonly number[]) => order.map((k) => evaluation.concepts[k]?.id);

test("what is typed is looked for in names and ids alike", () => {
  assert.deepEqual(ids(ordered(values, "SV", null)), ["sv"]);
  assert.deepEqual(ids(ordered(values, " german", null)), ["de"]);
  assert.deepEqual(ids(ordered(values, "", null)), ["de", "fr", "it", "sv"]);
  assert.deepEqual(ordered(values, "klingon", null), []);
});

test("every column sorts by its own numbers, both ways", () => {
  for (const by of ["positives", "roc_auc", "avg_precision", "precision", "recall", "f1"] as const) {
    const up = ordered(values, "", { by, way: "ascending" }).map((k) => Number(figureOf(values, k, by)));
    const down = ordered(values, "", { by, way: "descending" }).map((k) => Number(figureOf(values, k, by)));
    assert.deepEqual(
      up,
      [...up].sort((a, b) => a - b),
      by,
    );
    assert.deepEqual(down, [...up].reverse(), by);
  }
  assert.deepEqual(ids(ordered(values, "", { by: "positives", way: "ascending" })), ["de", "fr", "it", "sv"]);
  assert.deepEqual(ids(ordered(values, "", { by: "concept", way: "ascending" })), ["fr", "de", "it", "sv"]);
  const aucs = ordered(values, "", { by: "roc_auc", way: "ascending" }).map(
    (k) => evaluation.concepts[k]?.roc_auc ?? 0,
  );
  assert.deepEqual(aucs, [...aucs].sort());
});

test("what is undefined comes last, whichever way the rest is sorted", () => {
  const [first, ...others] = evaluation.concepts;
  assert.ok(first);
  const bare = { ...evaluation, concepts: [{ ...first, roc_auc: null, reason: "no positives" }, ...others] };
  for (const way of ["ascending", "descending"] as const) {
    assert.equal(ordered({ ...values, evaluation: bare }, "", { by: "roc_auc", way }).at(-1), 0);
  }
});

test("a head sorts its own way first, then the other, then not at all", () => {
  const once = nextSorting(null, "roc_auc");
  const twice = nextSorting(once, "roc_auc");
  assert.deepEqual([once?.way, twice?.way, nextSorting(twice, "roc_auc")], ["descending", "ascending", null]);
  assert.equal(nextSorting(twice, "concept")?.way, "ascending");
});

test("average precision is each concept's, of the macro average the mean of those that are defined", () => {
  const head = { micro_roc_auc: null, micro_avg_precision: null, micro_reason: "", micro_asked: false };
  const section = { head, arrays: { avg_precision: Float64Array.of(0.25, Number.NaN, 0.75) } };
  assert.deepEqual(
    [0, 1, 2, 3].map((k) => averagePrecision(section, k)),
    [0.25, null, 0.75, 0.5],
  );
  assert.equal(averagePrecision(values.section, 2), ap(scored.it as never));
});

test("only rows in view are drawn, with a few beyond, however many there are", () => {
  const { from, to } = inView(500 * ROW_HEIGHT, 12 * ROW_HEIGHT, 1000);
  assert.ok(from <= 500 && from > 490 && to >= 512 && to < 522);
  assert.deepEqual(inView(0, 12 * ROW_HEIGHT, 3), { from: 0, to: 3 });
  assert.deepEqual(inView(900 * ROW_HEIGHT, 12 * ROW_HEIGHT, 5), { from: 5, to: 5 });
});

test("a chosen row is brought into view, and one in view moves nothing", () => {
  const height = 10 * ROW_HEIGHT;
  assert.equal(scrolledTo(3, 0, height), 0);
  assert.equal(scrolledTo(12, 0, height), 3 * ROW_HEIGHT);
  assert.equal(scrolledTo(2, 5 * ROW_HEIGHT, height), 2 * ROW_HEIGHT);
});

test("arrow keys move through the rows, from the macro average above them", () => {
  assert.deepEqual(
    [rowForKey("ArrowDown", -1, 4), rowForKey("ArrowUp", 0, 4), rowForKey("ArrowUp", -1, 4)],
    [0, -1, -1],
  );
  assert.deepEqual([rowForKey("End", 0, 4), rowForKey("ArrowDown", 3, 4), rowForKey("x", 0, 4)], [3, 3, null]);
});

test("an area is told with its interval, or with the reason why it or its interval is missing", () => {
  const area = { roc_auc: 0.8, roc_auc_low: 0.7, roc_auc_high: 0.9, fold_roc_auc: null };
  assert.equal(aucTitle(area), "ROC AUC 0.800, 95 % interval 0.700 to 0.900");
  assert.match(aucTitle({ ...area, interval_method: "mean over folds" }), /0\.900 \(mean over folds\)$/);
  assert.match(
    aucTitle({ ...area, roc_auc_low: null, interval_reason: "too few positives to say: 3" }),
    /no interval: too few/,
  );
  assert.equal(aucTitle({ ...area, roc_auc: null, reason: "no positives" }), "Undefined: no positives");
});

test("with folds the table has their mean, which the interval is of, and says beside it what all together give", () => {
  const area = { roc_auc: 0.8, roc_auc_low: 0.7, roc_auc_high: 0.9, fold_roc_auc: { mean: 0.82, std: 0.01, folds: 5 } };
  assert.equal(areaOf(area), 0.82);
  assert.equal(areaOf({ ...area, fold_roc_auc: { mean: null, std: null, folds: 0 } }), 0.8);
  assert.equal(aucTitle(area), "ROC AUC 0.820, 95 % interval 0.700 to 0.900; of all folds’ predictions together 0.800");
});

test("the tiny curve goes from corner to corner, and where there is no ROC nothing is drawn", () => {
  const path = tinyRoc(evaluation, 0);
  assert.match(path, /^M0,18L.*L18,0$/);
  assert.ok(path.split("L").length < 80);
  const without = { ...evaluation, concepts: evaluation.concepts.map((one) => ({ ...one, roc_auc: null })) };
  assert.equal(tinyRoc(without, 0), "");
});
