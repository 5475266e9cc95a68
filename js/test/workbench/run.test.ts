import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunRow } from "../../src/wire/contract.generated.ts";
import { abandoned, progressLine } from "../../src/workbench/run.ts";

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
