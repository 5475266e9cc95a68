import assert from "node:assert/strict";
import { test } from "node:test";
import { paramLabel, paramProblem, paramsOf, previewOf, remarksOn } from "../../src/platform/newDataset.ts";
import type { Choice, ParamRow, Preview, Remark, VersionRow } from "../../src/wire/contract.generated.ts";

const version = { key: "v" } as VersionRow;
const remark = (kind: Remark["kind"], method: Remark["method"], text: string): Remark => ({ kind, method, text });
const preview: Preview = {
  version_key: "v",
  asked: "d",
  dataset_key: "d",
  dataset_version: "",
  versions: [],
  goes_on: false,
  remarks: [
    remark("refusal", "", "never"),
    remark("caution", "cross-validation", "few"),
    remark("caution", "score", "few too"),
  ],
};
const choice: Choice = { dataset_key: "d", dataset_version: "", use_kfold: true };

test("what is found out is said for the method chosen", () => {
  const said = (use_kfold: boolean) => remarksOn(preview, { ...choice, use_kfold }).map(({ text }) => text);
  assert.deepEqual(said(true), ["never", "few"]);
  assert.deepEqual(said(false), ["never", "few too"]);
});

test("what was found out about another choice is not said of this one", () => {
  assert.equal(previewOf(preview, version, choice), preview);
  assert.equal(previewOf(preview, version, { ...choice, dataset_version: "two" }), null);
  assert.equal(previewOf(preview, { ...version, key: "w" }, choice), null);
  assert.deepEqual(remarksOn(null, choice), []);
});

test("a parameter's field is labelled in words, with a capital", () => {
  assert.deepEqual(["folds", "min_positives"].map(paramLabel), ["Folds", "Min positives"]);
});

const any = { description: "", least: null, most: null, step: null };
const params: ParamRow[] = [
  { ...any, name: "folds", kind: "number", default: 5, least: 2, most: 20, step: 1 },
  { ...any, name: "quick", kind: "yes or no", default: true },
  { ...any, name: "note", kind: "text", default: "" },
];

test("only parameters that are not as by default are sent, and what cannot be meant stops them", () => {
  assert.deepEqual(paramsOf(params, {}), {});
  assert.deepEqual(paramsOf(params, { folds: "5", quick: "true", note: " " }), {});
  assert.deepEqual(paramsOf(params, { folds: "10", quick: "false", note: "a" }), {
    folds: 10,
    quick: false,
    note: "a",
  });
  assert.equal(paramsOf(params, { folds: "" }), null);
  assert.equal(paramsOf(params, { folds: "many" }), null);
  assert.equal(paramsOf(params, { folds: "50" }), null);
  assert.equal(paramsOf(params, { quick: "" }), null);
  assert.deepEqual(paramsOf(params, { quick: "False" }), { quick: false });
  assert.deepEqual(paramsOf(params, { quick: " TRUE" }), {});
});

test("what is wrong with a parameter is said with what it may be", () => {
  const [folds, quick, note] = params as [ParamRow, ParamRow, ParamRow];
  for (const text of ["1", "50", "2.5", "", "many", "1e999"]) {
    assert.equal(paramProblem(folds, text), "Folds must be a whole number from 2 to 20.", text);
  }
  for (const text of ["2", "20", " 7 "]) assert.equal(paramProblem(folds, text), "");
  const bare: ParamRow = { ...any, name: "cost", kind: "number", default: null };
  assert.equal(paramProblem(bare, "much"), "Cost must be a number.");
  assert.equal(paramProblem({ ...bare, least: 0.5 }, "0"), "Cost must be a number of at least 0.5.");
  assert.equal(paramProblem({ ...bare, most: 1 }, "2"), "Cost must be a number of at most 1.");
  assert.equal(paramProblem(bare, "-0.5"), "");
  assert.equal(paramProblem(quick, "yes"), "Quick must be true or false.");
  assert.equal(paramProblem(note, "anything"), "");
});
