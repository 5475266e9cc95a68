import assert from "node:assert/strict";
import { test } from "node:test";
import { paramLabel, paramsOf, previewOf, remarksOn } from "../../src/platform/newDataset.ts";
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

test("only parameters that are not as by default are sent, and what is no number stops them", () => {
  const params: ParamRow[] = [
    { name: "folds", kind: "number", default: 5, description: "" },
    { name: "quick", kind: "yes or no", default: true, description: "" },
    { name: "note", kind: "text", default: "", description: "" },
  ];
  assert.deepEqual(paramsOf(params, {}), {});
  assert.deepEqual(paramsOf(params, { folds: "5", quick: "true", note: " " }), {});
  assert.deepEqual(paramsOf(params, { folds: "10", quick: "false", note: "a" }), {
    folds: 10,
    quick: false,
    note: "a",
  });
  assert.equal(paramsOf(params, { folds: "" }), null);
  assert.equal(paramsOf(params, { folds: "many" }), null);
});
