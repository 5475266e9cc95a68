import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rate } from "../../src/parts/format.ts";
import { unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { macroPoint, pointAtStop } from "../../src/workbench/metrics.ts";
import { microPoint, microRocPath } from "../../src/workbench/micro.ts";
import { tableNote, undefinedRate } from "../../src/workbench/panels/concepts/sentences.ts";
import { countsNote } from "../../src/workbench/panels/counts/sentences.ts";
import { microPrecisionRecallPath, stepArea } from "../../src/workbench/panels/precision_recall/steps.ts";
import { sweepBandPath } from "../../src/workbench/panels/sweep/index.tsx";
import { bandPath, pathArea } from "../../src/workbench/unitPlot.ts";
import { between, frameTicks, frameTransform, WHOLE, within } from "../../src/workbench/views/frame.ts";
import { readingText } from "../../src/workbench/views/reading.ts";
import { WIRE } from "../fromPage.ts";

const payload = (name: string) => new Uint8Array(readFileSync(`${WIRE}/${name}.bin`));
const data = readEvaluation(payload("cross_validated")) as Evaluation;
const rates = readEvaluation(payload("platform_rates")) as Evaluation;

test("the micro average has the rates of all decisions together", () => {
  for (const stop of [0, 40, data.stops.length - 1]) {
    const points = data.concepts.map((_, k) => pointAtStop(data, k, stop));
    const sum = (name: "tp" | "fp" | "fn" | "tn") => points.reduce((total, point) => total + (point[name] ?? 0), 0);
    const point = microPoint(data, macroPoint(points));
    assert.deepEqual([point?.tp, point?.fp, point?.fn, point?.tn], [sum("tp"), sum("fp"), sum("fn"), sum("tn")]);
    assert.equal(point?.recall, sum("tp") / (sum("tp") + sum("fn")));
    assert.equal(point?.fpr, sum("fp") / (sum("fp") + sum("tn")));
  }
  assert.equal(microPoint(rates, null), null);
});

test("the areas under the micro average's lines are those the table prints", () => {
  const micro = unpack(payload("micro_all"))?.section("micro");
  const { micro_roc_auc: area, micro_avg_precision: precision } = data.payload.section("concepts").head;
  assert.ok(micro && area !== null && precision !== null);
  assert.ok(Math.abs(pathArea(microRocPath(micro)) - area) < 1e-7);
  assert.ok(Math.abs(stepArea(microPrecisionRecallPath(micro)) - precision) < 1e-7);
  assert.deepEqual([micro.head.roc_auc, micro.head.avg_precision], [area, precision]);
});

test("a band is closed, and drawn only where both its edges are defined", () => {
  const nan = Number.NaN;
  assert.equal(bandPath([0, 0.5, 1], [0, 0.25, 0.5], [0.5, 0.75, 1]), "M0,0.5L0.5,0.75L1,1L1,0.5L0.5,0.25L0,0Z");
  assert.equal(bandPath([0, 0.5, 1], [0, nan, 0.5], [0.5, 0.75, 1]).match(/M/g)?.length, 2);
  assert.equal(bandPath([0, 1], [nan, nan], [nan, nan]), "");
  const bands = unpack(payload("bands_one"))?.section("bands");
  assert.match(bands ? sweepBandPath(bands, "recall") : "", /^M0,1L.*Z$/);
  const { at_recall: recall, pr_low: low, pr_high: high } = bands?.arrays ?? {};
  assert.ok(recall && low && high && /^M.*Z$/.test(bandPath(recall, low, high)));
});

test("a zoomed frame keeps numbers and places in step", () => {
  const frame = { x: [0, 0.2], y: [0.5, 1] } as const;
  assert.equal(within(0.05, frame.x), 0.25);
  assert.equal(between(within(0.13, frame.x), frame.x), 0.13);
  assert.deepEqual(
    frameTicks(frame.x).map(({ text }) => text),
    ["0", "0.04", "0.08", "0.12", "0.16", "0.2"],
  );
  assert.equal(frameTransform(WHOLE), "matrix(1 0 0 -1 0 1)");
  const [a, , , d, e, f] = (frameTransform(frame).match(/-?[\d.]+/g) ?? []).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  assert.deepEqual([a * 0.2 + e, d * 0.5 + f, d * 1 + f], [1, 1, 0]);
});

test("what is under the pointer is told with threshold, rates and counts; without counts only rates", () => {
  const stop = 40;
  const { tp } = pointAtStop(data, 1, stop);
  assert.match(
    readingText(data, 1, stop),
    new RegExp(`^Click: threshold 0\\.\\d+\\nprecision .*\\nFPR .*\\nTP ${tp} · FP`),
  );
  assert.doesNotMatch(readingText(rates, 0, stop), /TP/);
});

test("a reply of folds without a test set shows the F1 that it sent, and says where there is none", () => {
  const half = rates.stops.indexOf(0.5);
  const shown = rates.concepts.map((_, k) => pointAtStop(rates, k, half).f1);
  assert.deepEqual(shown.map(rate), ["0.833", "0.929"]);
  assert.equal(pointAtStop(rates, 2, half).f1, ((shown[0] as number) + (shown[1] as number)) / 2);
  assert.equal(
    countsNote(rates, 0, pointAtStop(rates, 0, half)),
    "Means of folds: the platform sent rates, no counts.",
  );
  const beside = pointAtStop(rates, 0, half + 1);
  assert.equal(beside.f1, null);
  assert.match(countsNote(rates, 0, beside), /^F1 is known at threshold 0.50 only: .*; means of folds: /);
  assert.match(undefinedRate("f1", rates, 0), /^The mean of folds is known at threshold 0.50 only/);
  assert.match(undefinedRate("f1", rates, 2), /known at threshold 0.50 only/, "the macro average");
  const none = {
    ...rates,
    rates: { ...(rates.rates as NonNullable<Evaluation["rates"]>), f1: new Float64Array(202).fill(Number.NaN) },
  };
  assert.match(countsNote(none, 0, beside), /^F1 is not known: mean rates do not give it, and the platform sent none/);
  assert.match(tableNote(rates), /^Means of folds, .*F1 at 0\.50\.$/);
});
