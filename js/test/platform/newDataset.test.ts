import assert from "node:assert/strict";
import { test } from "node:test";
import { appOptions, datasetsOf, paramsOf, remarksOn, versionOptions } from "../../src/platform/newDataset.ts";
import type {
  Choice,
  DatasetRow,
  DatasetVersionRow,
  ParamRow,
  Preview,
  Remark,
  VersionRow,
} from "../../src/wire/contract.ts";

const version = {
  key: "v",
  training_data: {
    dataset_key: "d",
    dataset_version: "",
    chosen_as: null,
    use_kfold: true,
    warning: "Seen in training.",
  },
} as VersionRow;
const remark = (kind: Remark["kind"], method: Remark["method"], text: string): Remark => ({ kind, method, text });
const row = (id: string, changes: Partial<DatasetVersionRow> = {}): DatasetVersionRow => ({
  id,
  created_at: "",
  inputs: null,
  made_for: "",
  ready: true,
  ...changes,
});
const preview: Preview = {
  version_key: "v",
  dataset_key: "d",
  dataset_version: "",
  versions: [row("auto", { made_for: "evaluation" }), row("two", { inputs: 90 }), row("one", { ready: false })],
  remarks: [
    remark("fact", "", "a fact"),
    remark("caution", "cross-validation", "few"),
    remark("caution", "score", "few too"),
    remark("refusal", "", "never"),
  ],
  error: null,
};
const choice: Choice = { dataset_key: "d", dataset_version: "", use_kfold: true };

test("what is found out is said for the method chosen, the gravest first", () => {
  const said = (changes: Partial<Choice>) =>
    remarksOn(preview, version, { ...choice, ...changes }).map(({ text }) => text);
  assert.deepEqual(said({}), ["never", "few", "a fact"]);
  assert.deepEqual(said({ use_kfold: false }), ["never", "Seen in training.", "few too", "a fact"]);
});

test("what was found out about another choice is not said of this one", () => {
  assert.deepEqual(remarksOn(preview, version, { ...choice, dataset_version: "two" }), []);
  assert.deepEqual(remarksOn(preview, { ...version, key: "w" }, choice), []);
});

test("the latest version comes first and says which it is; those that machines made come last and say so", () => {
  const dataset = { key: "d", latest_version: "two" } as DatasetRow;
  const options = versionOptions(preview, dataset).map(({ value, text, detail, off }) => [value, text, detail, off]);
  assert.deepEqual(options, [
    ["", "Latest (two)", undefined, undefined],
    ["two", "two", "the latest · 90 inputs", undefined],
    ["one", "one", "", "not ready"],
    ["auto", "auto", "made for an evaluation", undefined],
  ]);
  assert.equal(versionOptions(preview, { ...dataset, key: "other" }).length, 1);
});

test("apps that have datasets are offered, this one first, and each app’s datasets", () => {
  const datasets = [
    { key: "x", id: "x", name: "", app_id: "world", own_app: false, inputs: 1 },
    { key: "y", id: "y", name: "Y", app_id: "here", own_app: true, inputs: null },
  ] as DatasetRow[];
  const apps = appOptions(datasets, [{ id: "here", name: "Home" }]);
  assert.deepEqual(
    apps.map(({ value, text, detail }) => [value, text, detail]),
    [
      ["here", "Home", "this app"],
      ["world", "world", ""],
    ],
  );
  assert.deepEqual(
    datasetsOf(datasets, "world").map(({ value, text, detail }) => [value, text, detail]),
    [["x", "x", "1 input"]],
  );
});

test("only parameters that are not as by default are sent, and what is no number stops them", () => {
  const params: ParamRow[] = [
    { name: "folds", kind: "number", default: 5, description: "" },
    { name: "quick", kind: "yes or no", default: true, description: "" },
  ];
  assert.deepEqual(paramsOf(params, {}), {});
  assert.deepEqual(paramsOf(params, { folds: "5", quick: "true" }), {});
  assert.deepEqual(paramsOf(params, { folds: "10", quick: "false" }), { folds: 10, quick: false });
  assert.equal(paramsOf(params, { folds: "" }), null);
  assert.equal(paramsOf(params, { folds: "many" }), null);
});
