import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { start } from "../start.ts";

// No clock outlives its test.
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const version = { key: "o/a/m/v1", label: "v1", training_data: null };
const choice = { dataset_key: "o/a/d", dataset_version: "one", use_kfold: true };
const run = { key: "r", version_key: version.key, ...choice, status: "evaluated" };

test("choices are written to the model, beside those of other rows", () => {
  const { model, platform } = start({ choices: { other: choice } });
  platform.setChoice(version.key, { ...choice, use_kfold: false });
  assert.deepEqual(model.get("choices"), { other: choice, [version.key]: { ...choice, use_kfold: false } });
});

test("Calculate sends the version of the dataset that is chosen", () => {
  const { model, platform } = start({ versions: [version], choices: { [version.key]: choice } });
  const [row] = platform.rows.value;
  assert.ok(row);
  platform.calculate(row);
  assert.deepEqual(
    { ...model.sent[0], id: "" },
    { id: "", action: "calculate", version_key: version.key, ...choice, params: {} },
  );
});

test("a row holds the run of its very choice, and retries it", () => {
  const { model, platform } = start({ versions: [version], choices: { [version.key]: choice }, run_states: [run] });
  const [row] = platform.rows.value;
  assert.equal(row?.run?.key, "r");
  if (row) platform.retry(row);
  assert.deepEqual([model.sent[0]?.action, model.sent[0]?.run], ["retry", "r"]);
  platform.setChoice(version.key, { ...choice, dataset_version: "two" });
  assert.equal(platform.rows.value[0]?.run, undefined);
});

test("Cancel asks for the end of the row's run", () => {
  const going = { ...run, status: "evaluating" };
  const { model, platform } = start({ versions: [version], choices: { [version.key]: choice }, run_states: [going] });
  const [row] = platform.rows.value;
  assert.ok(row);
  platform.cancel(row);
  assert.deepEqual([model.sent[0]?.action, model.sent[0]?.run], ["cancel", "r"]);
});

test("the row of a kept choice without a dataset version means the latest", () => {
  const { platform } = start({
    versions: [version],
    choices: { [version.key]: { dataset_key: "o/a/d", use_kfold: false } },
  });
  assert.deepEqual(platform.rows.value[0]?.choice, { dataset_key: "o/a/d", dataset_version: "", use_kfold: false });
});

test("the versions make room for the leaderboard, which lies over the page as they do, and are back after it", () => {
  const { platform } = start();
  platform.open(true);
  platform.isBoardOpen.value = true;
  assert.equal(platform.isOpen.value, false);
  platform.isBoardOpen.value = false;
  assert.equal(platform.isOpen.value, true);
  platform.isBoardOpen.value = true;
  platform.open(true);
  assert.deepEqual([platform.isOpen.value, platform.isBoardOpen.value], [true, false]);
});
