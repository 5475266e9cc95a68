import assert from "node:assert/strict";
import { test } from "node:test";
import {
  blockedReason,
  canCancel,
  canRetry,
  choiceOf,
  chooseDataset,
  isSuggested,
  judges,
  runOf,
  troubleOf,
  warningOf,
} from "../../src/platform/rows.ts";
import type {
  DatasetRow,
  Failure,
  ModelRow,
  RunRow,
  TrainingData,
  VersionRow,
} from "../../src/wire/contract.generated.ts";

const own: TrainingData = {
  dataset_key: "a/own",
  dataset_version: "",
  chosen_as: null,
  use_kfold: true,
  warning: "As it was trained on.",
};
const version: VersionRow = {
  key: "v1",
  id: "v1",
  label: "v1",
  description: "",
  created_at: "",
  status: "Trained",
  trained: true,
  reason: "",
  advice: "",
  concepts: 2,
  inputs: 20,
  training_data: own,
};
const model = {
  id: "m",
  methods: [
    { use_kfold: false, name: "Score this version", judges: "The version." },
    { use_kfold: true, name: "Cross-validate", judges: "The recipe." },
  ],
} as ModelRow;
const chosen = (dataset_key: string, use_kfold: boolean, dataset_version = "") => ({
  dataset_key,
  dataset_version,
  use_kfold,
});
test("a version with too few inputs says so, and its Calculate is not the one that suggests itself", () => {
  const few = { ...version, advice: "20 of the 1,000 inputs advised." };
  const choice = chosen("a/own", true);
  assert.deepEqual([warningOf(few, choice, undefined), warningOf(version, choice, undefined)], [few.advice, ""]);
  assert.deepEqual(
    [few, version].map((one) => isSuggested(one, choice, model)),
    [false, true],
  );
  assert.equal(isSuggested(version, chosen("", true), model), false);
});

const latest = (dataset_key: string) => ({ dataset_key, dataset_version: "" });
const run = (changes: Partial<RunRow>) =>
  ({
    key: "r",
    version_key: "v1",
    dataset_key: "a/own",
    dataset_version: "",
    use_kfold: true,
    status: "evaluating",
    fraction: 0.6,
    ...changes,
  }) as RunRow;

test("a run whose server stays away says why and can be retried, one that has only just lost it cannot", () => {
  const error = { title: "The server does not answer", retry: false } as Failure;
  const away = run({ status: "reconnecting", error });
  assert.deepEqual([troubleOf(away), canRetry(away)], [error, true]);
  const waiting = run({ status: "reconnecting", error: null });
  const unread = run({ status: "evaluated", error });
  assert.deepEqual([troubleOf(unread), canRetry(unread)], [error, true]);
  assert.deepEqual([troubleOf(waiting), canRetry(waiting)], [null, false]);
  assert.deepEqual([troubleOf(run({ error: null })), canRetry(run({ error: null }))], [null, false]);
  assert.equal(canRetry(run({ status: "failed", error })), false);
  assert.equal(canRetry(run({ status: "failed", error: { ...error, retry: true } })), true);
});

test("what goes on can be cancelled once; where the server goes on with it, it can then be watched again", () => {
  const cancellable = (changes: Partial<RunRow>) => canCancel(run({ cancelled: "", error: null, ...changes }));
  assert.deepEqual(
    (["queued", "evaluating", "reconnecting", "evaluated", "failed"] as const).map((status) => cancellable({ status })),
    [true, true, true, false, false],
  );
  assert.equal(canCancel(undefined), false);
  const unwatched = run({ cancelled: "stopped watching", error: null });
  assert.deepEqual([canCancel(unwatched), canRetry(unwatched)], [false, true]);
  assert.match(warningOf(version, chosen("b/other", false), unwatched), /No longer watched/);
});

test("its own training data is cross-validated by default, any other dataset is scored", () => {
  assert.deepEqual(chooseDataset(latest("a/own"), version), chosen("a/own", true));
  assert.deepEqual(chooseDataset(latest("b/other"), version), chosen("b/other", false));
});

test("where scoring is the default on training data, cross-validation can still be chosen", () => {
  const scored = { ...version, training_data: { ...own, use_kfold: false } };
  assert.equal(chooseDataset(latest("a/own"), scored).use_kfold, false);
  assert.equal(choiceOf({ v1: chosen("a/own", true) }, "v1").use_kfold, true);
});

test("a line says what the chosen method judges, and nothing while the model is not listed", () => {
  assert.equal(judges(model, chosen("a/own", false)), "The version.");
  assert.equal(judges(model, chosen("a/own", true)), "The recipe.");
  assert.equal(judges(undefined, chosen("a/own", true)), "");
});

test("a row shows the newest run of exactly its version, dataset and method", () => {
  const runs = [
    run({ key: "other version", version_key: "v2" }),
    run({ key: "other method", use_kfold: false }),
    run({ key: "newest" }),
    run({ key: "older" }),
  ];
  assert.equal(runOf(runs, "v1", chosen("a/own", true), undefined)?.key, "newest");
  assert.equal(runOf(runs, "v1", chosen("b/other", true), undefined), undefined);
});

test("scoring a version on its own training data warns, cross-validating does not", () => {
  assert.match(warningOf(version, chosen("a/own", false), undefined), /trained on/);
  assert.equal(warningOf(version, chosen("a/own", true), undefined), "");
  assert.equal(warningOf(version, chosen("b/other", false), undefined), "");
});

test("an untrained version and a missing dataset say why nothing can be calculated", () => {
  assert.match(
    blockedReason(
      { ...version, trained: false, reason: "It is not trained (Training failed)." },
      chosen("", false),
      undefined,
    ),
    /Training failed/,
  );
  assert.match(blockedReason(version, chosen("", false), undefined), /Choose/);
  assert.equal(blockedReason(version, chosen("a/own", false), undefined), "");
});

const dataset = (latest_version: string) => ({ key: "a/own", latest_version }) as DatasetRow;
const found = (runs: RunRow[], version: string, newest: string) =>
  runOf(runs, "v1", chosen("a/own", true, version), dataset(newest))?.key;

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

test("only the versions of a dataset that are the training data are cross-validated by default and warned of", () => {
  const grown: VersionRow = { ...version, training_data: { ...own, dataset_version: "one", chosen_as: ["one"] } };
  const choose = (dataset_version: string) => chooseDataset({ dataset_key: "a/own", dataset_version }, grown).use_kfold;
  assert.deepEqual([choose(""), choose("one"), choose("two")], [false, true, false]);
  const warning = (dataset_version: string) => warningOf(grown, chosen("a/own", false, dataset_version), undefined);
  assert.deepEqual([warning(""), warning("one"), warning("two")], ["", own.warning, ""]);
});
