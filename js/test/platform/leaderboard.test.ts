import assert from "node:assert/strict";
import { test } from "node:test";
import { nextOrder, ordered, type Standing, standings, stateOf } from "../../src/platform/leaderboard.ts";
import type { DatasetRow, RunRow } from "../../src/wire/contract.ts";

const run = (key: string, changes: Partial<RunRow>): RunRow =>
  ({
    key,
    app: "shop",
    model: "m",
    version_key: `o/shop/m/${key}`,
    version_label: key,
    dataset_key: "o/shop/d",
    dataset_name: "d",
    dataset_version: "",
    method: "score",
    status: "evaluated",
    cancelled: "",
    roc_auc: null,
    f1: null,
    ...changes,
  }) as RunRow;
const runs = [
  run("v10", { roc_auc: 0.8, f1: 0.1 }),
  run("v9", { status: "failed" }),
  run("v2", { roc_auc: 0.9, f1: 0.3, model: "other", dataset_version: "old", method: "cross-validation" }),
];
const datasets = [{ key: "o/shop/d", id: "d", name: "Reviews", own_app: true, latest_version: "new" } as DatasetRow];
const lines = standings(runs, datasets, new Map([["o/shop/m/v2", "renamed"]]));
const keys = (shown: readonly Standing[]) => shown.map(({ run: { key } }) => key);

test("a line says model, version, dataset with its version where that is not the latest, and method", () => {
  const { model, version, dataset, method } = lines[2] as Standing;
  assert.deepEqual([model, version, dataset, method], ["other", "renamed", "Reviews, version old", "Cross-validated"]);
  assert.equal(lines[0]?.dataset, "Reviews");
});

test("figures are sorted as numbers and names as people count, and what has no figure comes last both ways", () => {
  assert.deepEqual(keys(ordered(lines, "", { by: "roc_auc", way: "descending" })), ["v2", "v10", "v9"]);
  assert.deepEqual(keys(ordered(lines, "", { by: "roc_auc", way: "ascending" })), ["v10", "v2", "v9"]);
  const plain = standings(runs, datasets, new Map());
  assert.deepEqual(keys(ordered(plain, "", { by: "version", way: "ascending" })), ["v2", "v9", "v10"]);
  assert.deepEqual(keys(ordered(lines, "", null)), ["v10", "v9", "v2"]);
});

test("sorting and filtering leave the lines themselves as they were", () => {
  ordered(lines, "", { by: "f1", way: "ascending" });
  assert.deepEqual(keys(lines), ["v10", "v9", "v2"]);
  assert.deepEqual(keys(ordered(lines, "cross other", null)), ["v2"]);
});

test("a click on a head sorts from the best or from A, the next turns it, the third gives the newest first", () => {
  const first = nextOrder(null, "f1");
  assert.deepEqual(first, { by: "f1", way: "descending" });
  const second = nextOrder(first, "f1");
  assert.deepEqual(second, { by: "f1", way: "ascending" });
  assert.equal(nextOrder(second, "f1"), null);
  assert.deepEqual(nextOrder(first, "model"), { by: "model", way: "ascending" });
});

test("what was cancelled is not called failed", () => {
  assert.equal(stateOf(run("x", { status: "failed", cancelled: "ended" })), "cancelled");
  assert.equal(stateOf(run("x", { status: "failed" })), "failed");
  assert.equal(stateOf(run("x", { status: "evaluating" })), "running");
  assert.equal(stateOf(run("x", {})), "");
});
