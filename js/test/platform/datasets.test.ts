import assert from "node:assert/strict";
import { test } from "node:test";
import { datasetChoices, datasetOptions, optionValue } from "../../src/platform/datasets.ts";
import type { DatasetRow, RunRow, VersionRow } from "../../src/wire/contract.generated.ts";

const own = { key: "a/own", id: "own", name: "own", inputs: 90, latest_version: "two" } as DatasetRow;
const trainedOn = (dataset_version: string) => {
  const chosen_as = dataset_version === own.latest_version ? ["", dataset_version] : [dataset_version];
  return { training_data: { dataset_key: "a/own", dataset_version, chosen_as }, inputs: 60 } as VersionRow;
};
const choice = (dataset_version: string) => ({ dataset_key: "a/own", dataset_version, use_kfold: false });
const lines = (version: VersionRow, chosen: string, dataset = own) =>
  datasetOptions(dataset, version, choice(chosen)).map(({ value, text }) => [value, text]);

test("a dataset is one line while only its latest version matters", () => {
  assert.deepEqual(lines(trainedOn("two"), ""), [["a/own", "own (90) – training data"]]);
  assert.deepEqual(lines(trainedOn("two"), "two"), [["a/own", "own (90) – training data"]]);
  const other = { training_data: null } as VersionRow;
  assert.deepEqual(lines(other, ""), [["a/own", "own (90)"]]);
});

test("the version trained on has a line of its own where the dataset has grown since, with its number of inputs", () => {
  assert.deepEqual(lines(trainedOn("one"), "one"), [
    ["a/own", "own (90), latest"],
    ["a/own@one", "own (60) – training data"],
  ]);
});

test("a version chosen in Python has a line too", () => {
  assert.deepEqual(lines(trainedOn("two"), "three"), [
    ["a/own", "own (90), latest – training data"],
    ["a/own@three", "own, version three"],
  ]);
});

test("the line of a choice is found by its value", () => {
  for (const chosen of ["", "one", "two", "three"]) {
    const value = optionValue(choice(chosen), own);
    assert.equal(
      datasetOptions(own, trainedOn("one"), choice(chosen)).filter((line) => line.value === value).length,
      1,
    );
  }
});

test("the list begins with a new dataset and what has been evaluated already, each with figure and method", () => {
  const run = (key: string, changes: object) =>
    ({
      key,
      version_key: "v",
      dataset_key: "a/own",
      dataset_label: "own",
      dataset_version: "two",
      use_kfold: false,
      method_label: "scored",
      status: "evaluated",
      roc_auc: 0.9,
      created_at: "",
      ...changes,
    }) as RunRow;
  const runs = [
    run("newest", {}),
    run("same again", { roc_auc: 0.1 }),
    run("other kind", {
      use_kfold: true,
      method_label: "cross-validated",
      dataset_label: "own, version one",
      dataset_version: "one",
    }),
    run("failed", { status: "failed", dataset_version: "three" }),
    run("unnamed", { dataset_key: "" }),
    run("not this", { version_key: "w", dataset_version: "four" }),
  ];
  const version = { ...trainedOn("two"), key: "v" };
  const other = { ...own, key: "a/far", id: "far", name: "", app: "world", own_app: false };
  const found = datasetChoices([other, { ...own, own_app: true }], runs, version, choice(""));
  assert.deepEqual(
    found.map(({ text, detail, choice: picked }) => [text, detail, picked]),
    [
      ["Evaluate with a new dataset…", undefined, null],
      ["own", "evaluated · 0.900 · scored", { dataset_key: "a/own", dataset_version: "", use_kfold: false }],
      [
        "own, version one",
        "evaluated · 0.900 · cross-validated",
        { dataset_key: "a/own", dataset_version: "one", use_kfold: true },
      ],
      ["own (90) – training data", "this app", { dataset_key: "a/own", dataset_version: "", use_kfold: false }],
      ["far (90)", "app world", { dataset_key: "a/far", dataset_version: "", use_kfold: false }],
    ],
  );
});
