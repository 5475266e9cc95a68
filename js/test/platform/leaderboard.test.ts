import assert from "node:assert/strict";
import { test } from "node:test";
import { appsOf, nextOrder, ordered, standing } from "../../src/platform/leaderboard.ts";
import type { RunRow } from "../../src/wire/contract.generated.ts";

const run = (version_label: string, changes: Partial<RunRow>): RunRow =>
  ({
    version_label,
    app: "shop",
    model: "m",
    dataset_label: "reviews, version one",
    dataset_version: "one",
    method_label: "scored",
    status: "evaluated",
    cancelled: "",
    roc_auc: null,
    f1: null,
    ...changes,
  }) as RunRow;
const runs = [
  run("v10", { roc_auc: 0.8, f1: 0.1 }),
  run("v9", { status: "failed" }),
  run("v2", { roc_auc: 0.9, f1: 0.3, model: "other", method_label: "cross-validated" }),
];
const labels = (shown: readonly RunRow[]) => shown.map(({ version_label }) => version_label);

test("figures are sorted as numbers and names as people count, and what has no figure comes last both ways", () => {
  assert.deepEqual(labels(ordered(runs, "", { by: "roc_auc", way: "descending" })), ["v2", "v10", "v9"]);
  assert.deepEqual(labels(ordered(runs, "", { by: "roc_auc", way: "ascending" })), ["v10", "v2", "v9"]);
  assert.deepEqual(labels(ordered(runs, "", { by: "version_label", way: "ascending" })), ["v2", "v9", "v10"]);
  assert.deepEqual(labels(ordered(runs, "", null)), ["v10", "v9", "v2"]);
});

test("sorting and filtering leave the runs themselves as they were", () => {
  ordered(runs, "", { by: "f1", way: "ascending" });
  assert.deepEqual(labels(runs), ["v10", "v9", "v2"]);
  assert.deepEqual(labels(ordered(runs, "Cross other ", null)), ["v2"]);
});

test("a click on a head sorts from the best or from A, the next turns it", () => {
  const first = nextOrder(null, "f1", true);
  assert.deepEqual(first, { by: "f1", way: "descending" });
  assert.deepEqual(nextOrder(first, "f1", true), { by: "f1", way: "ascending" });
  assert.deepEqual(nextOrder(first, "model", false), { by: "model", way: "ascending" });
  assert.deepEqual(nextOrder(nextOrder(first, "f1", true), "f1", true), first);
});

test("what is not evaluated says how it stands where the others have their area", () => {
  const [first, , last] = runs as [RunRow, RunRow, RunRow];
  assert.equal(standing(first), "0.800");
  assert.equal(standing({ ...first, status: "evaluating" }), "evaluating");
  assert.equal(standing({ ...last, status: "failed", cancelled: "ended" }), "cancelled");
});

test("names that models or datasets of several apps have are told apart by the app, and no others", () => {
  const made = (key: string, app: string, dataset_name: string, dataset_key: string) =>
    run("v1", { key, app, dataset_name, dataset_key });
  const all = [
    made("a", "one", "pets", "me/one/pets"),
    made("b", "two", "pets", "me/two/pets"),
    made("c", "two", "cars", "me/two/cars"),
    made("d", "two", "cars", ""),
  ];
  assert.deepEqual(all.map(appsOf(all)), [
    { model: "one", dataset_name: "one" },
    { model: "two", dataset_name: "two" },
    { model: "two", dataset_name: "" },
    { model: "two", dataset_name: "" },
  ]);
  const [, , third, fourth] = all as [RunRow, RunRow, RunRow, RunRow];
  assert.deepEqual(appsOf([third, fourth])(third), { model: "", dataset_name: "" });
});
