import assert from "node:assert/strict";
import { test } from "node:test";
import { blockedReason, choiceOf, chooseDataset, groupDatasets, runOf, warningOf } from "../../src/platform/rows.ts";
import type { DatasetRow, ModelRow, RunRow, VersionRow } from "../../src/wire/contract.ts";

const version: VersionRow = {
  id: "v1",
  label: "v1",
  description: "",
  created_at: "",
  status: "Trained",
  trained: true,
  concepts: 2,
  inputs: 20,
  training_dataset: "a/own",
  training_dataset_version: "",
};
const model = { id: "m", cross_validation: true } as ModelRow;
const noFolds = { id: "m", cross_validation: false } as ModelRow;
const chosen = (dataset: string, use_kfold: boolean, dataset_version = "") => ({ dataset, dataset_version, use_kfold });
const run = (changes: Partial<RunRow>) =>
  ({
    key: "r",
    version: "v1",
    dataset: "a/own",
    dataset_version: "",
    use_kfold: true,
    status: "evaluating",
    fraction: 0.6,
    ...changes,
  }) as RunRow;

test("its own training data is cross-validated by default, any other dataset is scored", () => {
  assert.deepEqual(chooseDataset("a/own", version, model), chosen("a/own", true));
  assert.deepEqual(chooseDataset("b/other", version, model), chosen("b/other", false));
});

test("a model that forbids cross-validation is scored everywhere", () => {
  assert.equal(chooseDataset("a/own", version, noFolds).use_kfold, false);
  assert.equal(choiceOf({ v1: chosen("a/own", true) }, "v1", noFolds).use_kfold, false);
});

test("a row shows the newest run of exactly its version, dataset and method", () => {
  const runs = [
    run({ key: "other version", version: "v2" }),
    run({ key: "other method", use_kfold: false }),
    run({ key: "newest" }),
    run({ key: "older" }),
  ];
  assert.equal(runOf(runs, "v1", chosen("a/own", true), [])?.key, "newest");
  assert.equal(runOf(runs, "v1", chosen("b/other", true), []), undefined);
});

test("scoring a version on its own training data warns, cross-validating does not", () => {
  assert.match(warningOf(version, chosen("a/own", false), undefined), /trained on/);
  assert.equal(warningOf(version, chosen("a/own", true), undefined), "");
  assert.equal(warningOf(version, chosen("b/other", false), undefined), "");
});

test("an untrained version and a missing dataset say why nothing can be calculated", () => {
  assert.match(
    blockedReason({ ...version, trained: false, status: "Training failed" }, chosen("", false)),
    /Training failed/,
  );
  assert.match(blockedReason(version, chosen("", false)), /Choose/);
  assert.equal(blockedReason(version, chosen("a/own", false)), "");
});

test("datasets stand under this app first, then under each other app", () => {
  const dataset = (key: string, app_id: string, own_app: boolean) =>
    ({ key, id: key, app_id, own_app, name: "", inputs: null }) as DatasetRow;
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

const dataset = (latest_version: string) => [{ key: "a/own", latest_version } as DatasetRow];
const found = (runs: RunRow[], version: string, latest: string) =>
  runOf(runs, "v1", chosen("a/own", true, version), dataset(latest))?.key;

test("a run on an earlier version of a dataset does not stand in the row of the latest", () => {
  const runs = [run({ key: "on one", dataset_version: "one" }), run({ key: "on two", dataset_version: "two" })];
  assert.equal(found(runs, "", "two"), "on two");
  assert.equal(found(runs, "two", "two"), "on two");
  assert.equal(found(runs, "one", "two"), "on one");
  assert.equal(found(runs.slice(0, 1), "", "two"), undefined);
  assert.equal(found(runs, "three", "two"), undefined);
});

test("a run on the latest version stands in the row of that version by id, and the reverse", () => {
  assert.equal(found([run({ key: "latest" })], "two", "two"), "latest");
  assert.equal(found([run({ key: "latest" })], "one", "two"), undefined);
  assert.equal(found([run({ key: "two", dataset_version: "two" })], "", "two"), "two");
});

test("where no latest version is known, a run that has just ended stays in its row", () => {
  assert.equal(found([run({ key: "two", dataset_version: "two" })], "", ""), "two");
  assert.equal(found([run({ key: "two", dataset_version: "two" })], "one", ""), undefined);
});

test("what Python says of a run goes before the page's own warning", () => {
  assert.equal(warningOf(version, chosen("a/own", false), run({ warning: "As Python says." })), "As Python says.");
});
