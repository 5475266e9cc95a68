import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation } from "../../dev/fixture.ts";
import type { RunRow } from "../../src/wire/contract.generated.ts";
import { abandoned, progressLine, progressUnit, whichOf } from "../../src/workbench/run.ts";
import { liveLine } from "../../src/workbench/sentences.ts";
import { scored, start } from "../start.ts";

const run = (changes: Partial<RunRow>) => ({ key: "r", status: "evaluating", fraction: 0.6, ...changes }) as RunRow;

test("progress is told by folds or by inputs, with the time left", () => {
  assert.equal(progressLine(run({ folds: 5, folds_done: 3, remaining_seconds: 4.2 })), "fold 3 of 5 · 4 s left");
  assert.match(
    progressLine(run({ folds: 0, inputs: 4854, inputs_done: 1200, remaining_seconds: null })),
    /1.?200 of 4.?854 inputs/,
  );
  assert.equal(progressLine(run({ status: "queued", folds: 5, folds_done: 0 })), "queued");
  assert.equal(
    progressLine(run({ status: "reconnecting", folds: 5, folds_done: 3, remaining_seconds: 4.2 })),
    "reconnecting · fold 3 of 5",
  );
});

test("a run that goes on when its kernel ends has failed; one that has ended stays as it was", () => {
  assert.deepEqual(
    [abandoned(run({})).status, abandoned(run({ status: "evaluated" })).status],
    ["failed", "evaluated"],
  );
});

test("a run is told to be as far as its curves on screen, in every place alike", () => {
  const row = { key: "run-1", status: "evaluating", fraction: 0.8, folds: 5, folds_done: 4, remaining_seconds: 3 };
  const results = encodeEvaluation(scored, { folds: [1, 2], foldsTotal: 5 });
  const { workbench } = start({ run_states: [row, { ...row, key: "run-2" }], results });
  const told = () => workbench.runs.value.map(progressUnit);
  assert.deepEqual(told(), ["fold 2 of 5", "fold 4 of 5"]);
  assert.equal(liveLine(workbench.run.value, workbench.evaluation.value), "fold 2 of 5 · 3 s left");
  const { inputs = 0, inputs_total = 0 } = workbench.evaluation.value ?? {};
  assert.ok(inputs > 0 && inputs < 0.8 * inputs_total);
  assert.equal(workbench.run.value?.fraction, inputs / inputs_total, "nor is the bar ahead of its words");
});

test("runs that are alike in all else are told apart by their order, the oldest first", () => {
  const alike = { version_key: "v", dataset_label: "d, version one", method_label: "scored" };
  const which = whichOf([
    run({ ...alike, key: "c" }),
    run({ ...alike, key: "other data", dataset_label: "d, version two" }),
    run({ ...alike, key: "other version", version_key: "w" }),
    run({ ...alike, key: "other method", method_label: "cross-validated" }),
    run({ ...alike, key: "a" }),
  ]);
  assert.deepEqual(["a", "c"].map(which), ["run 1", "run 2"]);
  assert.deepEqual(["other data", "other version", "other method", "no run"].map(which), ["", "", "", ""]);
});
