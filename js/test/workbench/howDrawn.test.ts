import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation } from "../../dev/fixture.ts";
import { ownCautions } from "../../src/workbench/cautions.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { carefulOf, howDrawn, howMany } from "../../src/workbench/views/howDrawn.ts";
import { scored } from "../start.ts";

const data = readEvaluation(encodeEvaluation(scored)) as Evaluation;
const reported: Evaluation = { ...data, has_counts: false };

test("a concept's curve says where its steps come from, the average over how many it is the mean", () => {
  assert.equal(howDrawn("cew-roc", data, 0), "A step at every score");
  assert.equal(howDrawn("cew-roc", data, 2), "Mean of 2 curves at each FPR");
  assert.equal(howDrawn("cew-pr", reported, 0), "As the platform reports it; AP: the area below");
});

test("nothing is said of a plot that says so itself, or where there is no curve", () => {
  assert.equal(howDrawn("cew-compare-roc", data, 0), "");
  assert.equal(howDrawn("cew-roc", { ...data, macro: { ...data.macro, averaged: 0 } }, 0), "");
});

test("what there is to be careful about stands before: of all, and of the concept that is drawn", () => {
  const cautions = [
    { code: "CEW001", title: "in-sample", concepts: null },
    { code: "CEW011", title: "too few to judge", concepts: [1] },
  ];
  const careful: Evaluation = { ...data, cautions };
  const codes = (k: number) => carefulOf("cew-roc", careful, k).map(({ code }) => code);
  assert.deepEqual([0, 1, 2].map(codes), [["CEW001"], ["CEW001", "CEW011"], ["CEW001"]]);
  assert.deepEqual(carefulOf("cew-compare-roc", careful, 0), []);
  assert.deepEqual(ownCautions(careful, 1), [cautions[1]]);
  assert.deepEqual(ownCautions(careful, 0), []);
});

test("beside how it is drawn stands from how many inputs, of how many positives or concepts, and what was counted", () => {
  const [first] = data.concepts;
  assert.equal(howMany("cew-pr", data, 0), `n = ${data.inputs} inputs, ${first?.num_pos} positive; every prediction`);
  assert.equal(howMany("cew-roc", data, 2), `n = ${data.inputs} inputs, 2 concepts; every prediction`);
  assert.equal(howMany("cew-roc", data, 2, true), `n = ${data.inputs} inputs, 2 concepts`, "beside a code");
  const sent: Evaluation = { ...data, inputs: 0, source: "platform_curves" };
  assert.equal(howMany("cew-sweep", sent, 2), "n = not sent, 2 concepts; the platform’s rates");
  assert.equal(howMany("cew-compare-roc", data, 0), "");
});
