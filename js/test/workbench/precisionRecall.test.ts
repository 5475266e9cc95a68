import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeEvaluation } from "../../dev/fixture.ts";
import { type Payload, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { pointAtStop } from "../../src/workbench/metrics.ts";
import {
  areaSentence,
  noCurve,
  precisionRecallSentence,
} from "../../src/workbench/panels/precision_recall/sentences.ts";
import {
  foldPrecisionRecallPath,
  type PrecisionRecall,
  precisionRecallPath,
  prevalence,
  stepArea,
} from "../../src/workbench/panels/precision_recall/steps.ts";
import { stepPath } from "../../src/workbench/stepPath.ts";
import { WIRE } from "../fromPage.ts";
import { scored } from "../start.ts";

const bytes = (name: string) => readFileSync(`${WIRE}/${name}.bin`);
const section = (name: string) => (unpack(bytes(name)) as Payload).section("precision_recall") as PrecisionRecall;
const evaluation = (name: string) => readEvaluation(bytes(name)) as Evaluation;
const PAIRS = [
  ["cross_validated", "precision_recall_counted"],
  ["never_positive", "precision_recall_undefined"],
] as const;

test("a row's precision holds from the recall before it, and where nothing is predicted there is no step", () => {
  const path = stepPath([0, 0.5, 0.5, 1], [Number.NaN, 1, 0.5, 0.75], 0, 4);
  assert.equal(path, "M0,1H0.5V0.5V0.75H1");
  assert.equal(stepArea(path), 0.5 + 0.375);
  assert.equal(stepPath([0, 0], [Number.NaN, 0.5], 0, 2), "");
  assert.ok(Number.isNaN(stepArea("")));
});

test("the area under every curve that is drawn from Python's counts is the average precision", () => {
  for (const [shown, name] of PAIRS) {
    const [data, made] = [evaluation(shown), section(name)];
    for (let k = 0; k <= data.concepts.length; k++) {
      const expected = k < data.concepts.length ? made.head.average_precision[k] : made.head.macro;
      const path = precisionRecallPath(data, made, k);
      if (expected === null || expected === undefined) assert.equal(path, "");
      else assert.ok(Math.abs(stepArea(path) - expected) < 1e-7, `${name} ${k}`);
    }
  }
});

test("every payload of curves names what it shows, or why there is nothing", () => {
  const names = readdirSync(WIRE).filter((name) => /^precision_recall.*\.bin$/.test(name));
  assert.equal(names.length, 3);
  const data = evaluation("platform_rates");
  const made = section("precision_recall_rates");
  for (const k of data.concepts.keys()) assert.match(precisionRecallPath(data, made, k), /^M0,.*H/);
  assert.equal(precisionRecallPath(data, made, data.concepts.length), "");
  assert.match(noCurve(data, made, data.concepts.length, ""), /^No macro curve: the server sent rates/);
  const told = { ...made, head: { ...made.head, average_precision: [0.75, 0.5] } };
  assert.deepEqual(areaSentence(data, told, 0), { value: "0.750", which: "as reported" });
  assert.equal(areaSentence(data, made, 0).value, "undefined: not sent");
});

test("a concept without positives says so instead of a curve, and in its average precision", () => {
  const [data, made] = [evaluation("never_positive"), section("precision_recall_undefined")];
  assert.equal(noCurve(data, made, 1, ""), "No precision–recall curve: no positives.");
  assert.equal(areaSentence(data, made, 1).value, "undefined: no positives");
  assert.equal(noCurve(data, made, 0, "M0,1H1"), "");
  assert.equal(prevalence(data, 1), null);
  assert.equal(areaSentence(data, made, 2).which, "macro of 1 concept");
});

test("the curve is told in words: its area and which, what guessing gets, and the point at the threshold", () => {
  const [data, made] = [evaluation("cross_validated"), section("precision_recall_counted")];
  const point = pointAtStop(data, 1, 50);
  const said = precisionRecallSentence(data, made, 1, point, 0.5);
  assert.match(said, /^Precision–recall of cat: average precision 0\.\d{3}\. Guessing has precision 0\.333\./);
  assert.match(said, / At threshold 0\.50: precision 0\.\d{3}, recall [01]\.\d{3}\.$/);
  assert.equal(areaSentence(data, made, 3).which, "macro");
  assert.equal(precisionRecallSentence(null, null, 0, null, 0.5), "No curve yet.");
});

test("the prevalence of the macro average is the mean over the concepts that have positives", () => {
  const data = readEvaluation(encodeEvaluation(scored)) as Evaluation;
  const shares = data.concepts.map((one) => one.num_pos / (one.num_pos + one.num_neg));
  assert.equal(prevalence(data, 1), shares[1]);
  assert.ok(Math.abs((prevalence(data, 2) as number) - ((shares[0] as number) + (shares[1] as number)) / 2) < 1e-12);
});

test("each fold has its curve, of every concept and of their average, and lies within the unit square", () => {
  const [data, made] = [evaluation("cross_validated"), section("precision_recall_counted")];
  for (const [f] of data.folds.entries()) {
    for (let k = 0; k <= data.concepts.length; k++) {
      const area = stepArea(foldPrecisionRecallPath(data, made, f, k));
      assert.ok(area > 0 && area <= 1 + 1e-6, `fold ${f}, concept ${k}: ${area}`);
    }
  }
  const { fold_offsets: _, ...whole } = made.arrays;
  assert.equal(foldPrecisionRecallPath(data, { ...made, arrays: whole }, 0, 0), "");
});
