import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, progressLine, threshold, when } from "../src/format.ts";
import type { DatasetEntry, ModelEntry, RunEntry, VersionEntry } from "../src/protocol.ts";
import { blockedReason, choiceOf, chooseDataset, groupDatasets, runOf, warningOf } from "../src/rows.ts";
import { stopForKey } from "../src/views/ThresholdSlider.tsx";

const version: VersionEntry = {
  id: "v1",
  label: "v1",
  created_at: "",
  status: "Trained",
  trained: true,
  concepts: 2,
  inputs: 20,
  training_dataset: "a/own",
};
const model = { id: "m", cross_validation: true } as ModelEntry;
const noFolds = { id: "m", cross_validation: false } as ModelEntry;
const run = (changes: Partial<RunEntry>) =>
  ({
    key: "r",
    version: "v1",
    dataset: "a/own",
    use_kfold: true,
    status: "evaluating",
    fraction: 0.6,
    ...changes,
  }) as RunEntry;

test("its own training data is cross-validated by default, any other dataset is scored", () => {
  assert.deepEqual(chooseDataset("a/own", version, model), { dataset: "a/own", use_kfold: true });
  assert.deepEqual(chooseDataset("b/other", version, model), { dataset: "b/other", use_kfold: false });
});

test("a model that forbids cross-validation is scored everywhere", () => {
  assert.equal(chooseDataset("a/own", version, noFolds).use_kfold, false);
  assert.equal(choiceOf({ v1: { dataset: "a/own", use_kfold: true } }, "v1", noFolds).use_kfold, false);
});

test("a row shows the newest run of exactly its version, dataset and method", () => {
  const runs = [
    run({ key: "other version", version: "v2" }),
    run({ key: "other method", use_kfold: false }),
    run({ key: "newest" }),
    run({ key: "older" }),
  ];
  assert.equal(runOf(runs, "v1", { dataset: "a/own", use_kfold: true })?.key, "newest");
  assert.equal(runOf(runs, "v1", { dataset: "b/other", use_kfold: true }), undefined);
});

test("scoring a version on its own training data warns, cross-validating does not", () => {
  assert.match(warningOf(version, { dataset: "a/own", use_kfold: false }, undefined), /trained on/);
  assert.equal(warningOf(version, { dataset: "a/own", use_kfold: true }, undefined), "");
  assert.equal(warningOf(version, { dataset: "b/other", use_kfold: false }, undefined), "");
});

test("an untrained version and a missing dataset say why nothing can be calculated", () => {
  assert.match(
    blockedReason({ ...version, trained: false, status: "Training failed" }, { dataset: "", use_kfold: false }),
    /Training failed/,
  );
  assert.match(blockedReason(version, { dataset: "", use_kfold: false }), /Choose/);
  assert.equal(blockedReason(version, { dataset: "a/own", use_kfold: false }), "");
});

test("datasets stand under this app first, then under each other app", () => {
  const dataset = (key: string, app_id: string, own_app: boolean) =>
    ({ key, id: key, app_id, own_app, name: "", inputs: null }) as DatasetEntry;
  const groups = groupDatasets([
    dataset("x", "world", false),
    dataset("y", "here", true),
    dataset("z", "world", false),
  ]);
  assert.deepEqual(
    groups.map((g) => [g.label, g.datasets.map((d) => d.key)]),
    [
      ["This app", ["y"]],
      ["App world", ["x", "z"]],
    ],
  );
});

test("progress is told by folds or by inputs, with the time left", () => {
  assert.equal(progressLine(run({ folds: 5, folds_done: 3, remaining_seconds: 4.2 })), "fold 3 of 5 · 4 s left");
  assert.match(
    progressLine(run({ folds: 0, inputs: 4854, inputs_done: 1200, remaining_seconds: null })),
    /1.?200 of 4.?854 inputs/,
  );
  assert.equal(progressLine(run({ status: "queued", folds: 5, folds_done: 0 })), "queued");
  assert.equal(duration(200), "3 min");
});

test("the threshold shown means the same counts as the threshold held", () => {
  assert.equal(threshold(0.5), "0.50");
  for (const t of [0.1, 0.123456789, 0.987654321, 1e-7]) {
    const single = Math.fround(t);
    assert.equal(Math.fround(Number(threshold(single, "float32"))), single);
  }
});

test("a training date is told relative to now; an unknown one is null", () => {
  const now = Date.parse("2025-01-01T12:00:00Z");
  assert.match(when("2025-01-01T11:58:00Z", now)?.relative ?? "", /2/);
  assert.equal(when("", now), null);
});

test("keys lead from stop to stop, and back onto the stops from between them", () => {
  const stops = Float64Array.of(0, 0.25, 0.5, 0.75, 1);
  assert.equal(stopForKey("ArrowRight", stops, 0.5), 0.75);
  assert.equal(stopForKey("ArrowLeft", stops, 0.5), 0.25);
  assert.equal(stopForKey("ArrowRight", stops, 0.3), 0.5);
  assert.equal(stopForKey("ArrowLeft", stops, 0.3), 0.25);
  assert.equal(stopForKey("ArrowRight", stops, 1), 1);
  assert.equal(stopForKey("PageUp", stops, 0.5), 0.75);
  assert.equal(stopForKey("Home", stops, 0.5), 0);
  assert.equal(stopForKey("End", stops, 0.5), 1);
  assert.equal(stopForKey("a", stops, 0.5), null);
});
