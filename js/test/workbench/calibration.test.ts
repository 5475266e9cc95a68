import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Payload, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { besideOf } from "../../src/workbench/panels/calibration/beside.tsx";
import {
  binOf,
  type Calibration,
  intervalPath,
  linePath,
  offDiagonal,
  shares,
} from "../../src/workbench/panels/calibration/bins.ts";
import { unavailable } from "../../src/workbench/panels/calibration/index.tsx";
import {
  calibrationSentence,
  errorSentence,
  subject,
  worstTitle,
} from "../../src/workbench/panels/calibration/sentences.ts";
import { WIRE } from "../fromPage.ts";
import { start } from "../start.ts";

const bytes = (name: string) => readFileSync(`${WIRE}/${name}.bin`);
const section = (name: string) => (unpack(bytes(name)) as Payload).section("calibration") as Calibration;
const data = readEvaluation(bytes("cross_validated")) as Evaluation;
const made = section("calibration_one");
const two: Calibration = {
  head: {
    ...made.head,
    ...{ error: 0.05, expected_error: 0.02, largest: 0.03, largest_from: 0.21, largest_below: 0.304 },
  },
  arrays: {
    mean_scores: Float64Array.of(0.25, 0.75),
    starts: Float64Array.of(0.1, 0.5),
    positives: Uint32Array.of(1, 3),
    sizes: Uint32Array.of(4, 4),
    low: Float64Array.of(0.05, 0.8),
    high: Float64Array.of(0.7, 0.95),
  },
};

test("each bin stands at its mean score and share, with the interval around it", () => {
  assert.deepEqual(shares(two), [0.25, 0.75]);
  assert.equal(linePath(two), "M0.25,0.25L0.75,0.75");
  assert.match(intervalPath(two), /^M0\.25,0\.05V0\.7M0\.242,0\.05H0\.258M0\.242,0\.7H0\.258M0\.75,0\.8V0\.95/);
  assert.equal(offDiagonal(two), 1);
});

test("Python's bins hold every decision, and their intervals hold their shares", () => {
  const { arrays, head } = made;
  assert.equal(
    arrays.sizes.reduce((sum, size) => sum + size, 0),
    head.decisions,
  );
  shares(made).forEach((share, i) => {
    assert.ok((arrays.low[i] as number) <= share && share <= (arrays.high[i] as number));
  });
  assert.match(linePath(made), /^M0\.\d+,/);
});

test("the error stands beside what it would be of calibrated scores", () => {
  assert.deepEqual(errorSentence(two), { value: "0.050", beside: "0.020 by chance alone" });
  const said = calibrationSentence(two, data);
  assert.match(
    said,
    /^Calibration of cat: expected calibration error 0\.050 over \d+ equally wide bins, 0\.020 by chance alone were the scores calibrated\./,
  );
  assert.match(
    said,
    /2 bins of equally many decisions, 1 of them lies off the diagonal beyond chance \(95 % intervals\)\.$/,
  );
  assert.equal(subject({ ...two, head: { ...two.head, concept: null } }, data), "all 3 concepts, pooled");
});

test("the error says which of its bins adds most, and leads there", () => {
  const said = "Show the inputs of the bin that adds most to it, 0.030 of 0.050: scores from 0.210";
  assert.equal(worstTitle(two), `${said} to below 0.304`);
  assert.equal(worstTitle({ ...two, head: { ...two.head, largest_below: null } }), `${said} on`);
});

test("of inputs in groups nothing is said of chance but how the intervals take them", () => {
  const grouped = { ...two, head: { ...two.head, expected_error: null } };
  assert.deepEqual(errorSentence(grouped), { value: "0.050", beside: "of inputs in groups" });
  const pooled = { ...grouped, head: { ...grouped.head, concept: null } };
  assert.equal(errorSentence(pooled).beside, "of decisions that depend on one another");
  const said = calibrationSentence(grouped, data);
  assert.match(said, /equally wide bins, of inputs in groups\. 2 bins/);
  assert.match(said, /beyond chance \(95 % intervals, clustered\)\.$/);
});

test("without scores there is no error, and it says why", () => {
  const empty = section("calibration_empty");
  assert.deepEqual(errorSentence(empty), { value: "undefined: no scores", beside: "" });
  assert.match(calibrationSentence(empty, data), /undefined: no scores\.$/);
  assert.equal(linePath(empty) + intervalPath(empty), "");
  assert.match(unavailable({ ...data, has_counts: false }), /no scores to calibrate/);
  assert.equal(unavailable(data), "");
});

test("the bin at a threshold begins at its lowest score, and the last has no end", () => {
  assert.deepEqual(binOf(two, 0.49), { low: 0.1, high: 0.5, positives: 1, negatives: 3 });
  assert.deepEqual(binOf(two, 0.5), { low: 0.5, high: null, positives: 3, negatives: 1 });
  assert.equal(binOf(two, 0.01)?.low, 0.1);
});

test("beside the chosen concept's line stand those ticked, and unless averages are left out that of all decisions", () => {
  const { workbench, model } = start({ concept: "cat", drawn: { ticked: ["cat", "dog", "", "gone"] } });
  assert.deepEqual(besideOf(workbench, "cat"), ["dog", null]);
  assert.deepEqual(besideOf(workbench, null), ["cat", "dog"]);
  workbench.draw({ averages: false });
  assert.deepEqual(besideOf(workbench, "cat"), ["dog"]);
  assert.deepEqual((model.get("drawn") as { averages: boolean }).averages, false);
});
