import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { runsOf, unfit } from "../../src/platform/rows.ts";
import { emptyText } from "../../src/platform/views/VersionsTable.tsx";
import type { ModelRow, RunRow, VersionRow } from "../../src/wire/contract.generated.ts";
import { settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const version = (id: string) => ({
  key: `o/a/m/${id}`,
  id,
  label: id,
  trained: true,
  concepts: 2,
  inputs: 90,
});
const run = { key: "run-1", version_key: "o/a/m/v1", dataset_key: "o/a/d", dataset_version: "", use_kfold: false };
const evaluated = { ...run, status: "evaluated", error: null };
const choice = { dataset_key: "o/a/d", dataset_version: "", use_kfold: false };
const state = {
  versions: [version("v2"), version("v1")],
  choices: { "o/a/m/v1": choice, "o/a/m/v2": choice },
  run_states: [evaluated],
};

test("all versions are laid out while nothing is on screen, and folded when something is", () => {
  const { model, platform } = start({ ...state, viewing: "", results: null });
  assert.equal(platform.isOpen.value, true);
  model.receive({ viewing: "run-1", status: "evaluating" });
  assert.equal(platform.isOpen.value, false);
});

test("a run that fails at once folds nothing: its row stays where it was pressed", () => {
  const { model, platform } = start({ ...state, viewing: "", results: null, status: "idle" });
  const seen: boolean[] = [];
  platform.isOpen.subscribe((isOpen) => seen.push(isOpen));
  model.receive({ viewing: "run-2", status: "queued" });
  model.receive({ status: "failed" });
  assert.deepEqual(seen, [true]);
});

test("what was folded for a run under way stays folded when that fails, and is laid out where nothing is on screen", () => {
  const { model, platform } = start({ ...state, viewing: "", results: null, status: "idle" });
  const seen: boolean[] = [];
  platform.isOpen.subscribe((isOpen) => seen.push(isOpen));
  model.receive({ viewing: "run-2", status: "queued" });
  model.receive({ status: "evaluating" });
  model.receive({ status: "failed" });
  model.receive({ viewing: "run-3", status: "queued" });
  assert.deepEqual(seen, [true, false]);
  model.receive({ viewing: "", status: "idle" });
  assert.deepEqual(seen, [true, false, true]);
});

test("they stay laid out until what was asked for is under way, and where it was refused", async () => {
  const { model, platform } = start(state);
  const [row] = platform.rows.value;
  assert.ok(row);
  platform.open(true);
  platform.calculate(row);
  assert.equal(platform.isOpen.value, true);
  model.reply({ id: model.sent[0]?.id, error: { title: "No", message: "", details: "", code: 1, req_id: "" } });
  await settled();
  assert.equal(platform.isOpen.value, true);
  platform.calculate(row);
  model.reply({ id: model.sent[1]?.id, ok: true });
  await settled();
  assert.equal(platform.isOpen.value, false);
});

test("what the user has folded before there is anything to look at stays folded when the bar starts a run", async () => {
  const { model, platform } = start({ ...state, viewing: "", results: null, status: "idle" });
  const [row] = platform.rows.value;
  assert.ok(row);
  platform.open(false);
  platform.calculate(row);
  model.reply({ id: model.sent[0]?.id, ok: true });
  await settled();
  assert.equal(platform.isOpen.value, false);
});

test("results that are here already are looked at without waiting, and the versions fold at once", () => {
  const { platform } = start(state);
  const row = platform.rows.value[1];
  assert.ok(row?.run);
  platform.open(true);
  platform.view(row, row.run.key);
  assert.equal(platform.isOpen.value, false);
});

test("the bar shows the version acted on last, and another one can be picked there", () => {
  const { model, platform } = start({ ...state, model_version: "v1" });
  assert.equal(platform.current.value?.version.key, "o/a/m/v1");
  platform.selectVersion("v2");
  assert.deepEqual(model.saved.at(-1), { model_version: "v2" });
  assert.equal(platform.current.value?.version.key, "o/a/m/v2");
  model.receive({ model_version: "gone" });
  assert.equal(platform.current.value?.version.key, "o/a/m/v2");
});

test("every run of a version is a chip, that of what is chosen first", () => {
  const runs = ["a", "b", "c"].map(
    (key) => ({ ...evaluated, key, version_key: key === "c" ? "other" : "v" }) as RunRow,
  );
  assert.deepEqual(
    runsOf(runs, "v", runs[1]).map(({ key }) => key),
    ["b", "a"],
  );
  assert.deepEqual(
    runsOf(runs, "v", undefined).map(({ key }) => key),
    ["a", "b"],
  );
});

test("a version or model that cannot be evaluated says why, and one that may is let try", () => {
  const of = (changes: object, model?: object) =>
    unfit({ ...version("v"), reason: "", ...changes } as VersionRow, model as ModelRow | undefined);
  assert.equal(of({}), null);
  assert.deepEqual(of({ reason: "It knows 1 concept." }), { short: "Too few concepts", reason: "It knows 1 concept." });
  assert.equal(of({ trained: false, reason: "It is not trained." })?.short, "Not trained");
  const detector = { evaluable: false, reason: "A detector, judged by boxes." };
  assert.deepEqual(of({}, detector), { short: "Not evaluated here", reason: detector.reason });
  assert.equal(of({}, { evaluable: true, reason: "" }), null);
});

test("while the local server trains its samples, the table says what takes the time", () => {
  assert.match(emptyText(true, false, true), /^Loading versions….* trained now/);
  assert.doesNotMatch(emptyText(true, false, false), /trained/);
});
