import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { encodeEvaluation } from "../../dev/fixture.ts";
import { dropQuestion, homeRun, placeOnScreen } from "../../src/workbench/panels/compare/drop.ts";
import { showArea, showOnly } from "../../src/workbench/panels/compare/leads.ts";
import {
  type Compared,
  candidates,
  heightAt,
  nearestOf,
  type Other,
  rows,
} from "../../src/workbench/panels/compare/model.ts";
import { checkOf, nextSteps, openCheck, refusalIn, unrefused } from "../../src/workbench/panels/compare/next.ts";
import { comparedNames, compareParams, compareSubject } from "../../src/workbench/panels/compare/params.ts";
import {
  cautions,
  dropSentence,
  inputsLine,
  methodLine,
  pText,
  signed,
  TESTED,
  toldApart,
  verdict,
} from "../../src/workbench/panels/compare/sentences.ts";
import { offered, tick, ticked } from "../../src/workbench/panels/compare/ticks.ts";
import { scored, settled, start } from "../start.ts";

mock.timers.enable({ apis: ["setTimeout"] });

const other: Other = {
  difference: 0.0312,
  low: 0.012,
  high: 0.05,
  p_value: 0.002,
  decided: "",
  told_apart: true,
  method: "paired",
  concepts: 12,
  refusal: "",
  reason: "",
  matched: 480,
  left_out: 0,
  fold_means: false,
  more_inputs: null,
  only_first: 3,
  only_other: 9,
  cautions_first: [],
  cautions_other: ["CEW001: trained on them."],
  reasons: { owl: "no positives" },
};

const row = (run: string, revision = 1) => ({ run, title: run, kind_label: "scored", revision, failure: "" });

const shown: Compared = {
  head: {
    concept: null,
    threshold: 0.5,
    concepts: ["cat", "dog", "owl"],
    names: ["Cat", "", "Owl"],
    common: 0,
    areas: [0.9, 0.93],
    average_precisions: [0.7, 0.75],
    others: [other],
  },
  arrays: {
    first: Float64Array.of(0.9, 0.8, Number.NaN),
    second: Float64Array.of(0.95, 0.7, Number.NaN),
    difference: Float64Array.of(0.05, -0.1, Number.NaN),
    low: Float64Array.of(0.01, -0.2, Number.NaN),
    high: Float64Array.of(0.09, 0.02, Number.NaN),
    p_value: Float64Array.of(0.01, 0.1, Number.NaN),
    p_holm: Float64Array.of(0.02, 0.1, Number.NaN),
    offsets: new Uint32Array(3),
    fpr: new Float32Array(),
    tpr: new Float32Array(),
    thresholds: new Float64Array(),
    pr_offsets: new Uint32Array(3),
    recall: new Float32Array(),
    precision: new Float32Array(),
    pr_thresholds: new Float64Array(),
  },
};

test("a difference that is told says which is better, by how much, and how that was tested", () => {
  const over = "macro ROC AUC over 12 concepts (p = 0.002, paired on 480 inputs).";
  assert.equal(verdict(other, "A", "B"), `B beats A by 0.031 [0.012, 0.050] ${over}`);
  const named = verdict(other, "“dropout (p = 0.5)”", "B").split(TESTED);
  assert.deepEqual(
    named.slice(1),
    [over.slice(over.indexOf(" (")).slice(0, -1), "."],
    "nothing is lost of such a name",
  );
  const early = { ...other, decided: "Decided after 480 of 1,000 inputs" };
  assert.match(verdict(early, "A", "B"), /^Decided after 480 of 1,000 inputs: B beats A by 0\.031 /);
  const worse = { ...other, difference: -0.0312, low: -0.05, high: -0.012 };
  assert.equal(verdict(worse, "A", "B"), `B is worse than A by 0.031 [0.012, 0.050] ${over}`);
});

test("what cannot be told apart says so, with how many inputs, and how many more would do", () => {
  const undecided = { ...other, told_apart: false, low: -0.01, p_value: 0.21, more_inputs: 3217 };
  assert.equal(
    verdict(undecided, "A", "B"),
    "A and B cannot be told apart with these 480 inputs: macro ROC AUC over 12 concepts +0.031 [−0.010, +0.050], p = 0.210. " +
      "About 3,200 more inputs like these would show a difference of this size, if it is real.",
  );
});

test("of other inputs there is a drop and no test, with the reason", () => {
  const drop = { ...other, difference: -0.2, low: -0.3, high: -0.1, p_value: null, told_apart: false, matched: 0 };
  const said = verdict({ ...drop, refusal: "they have no input in common" }, "A", "B");
  assert.match(
    said,
    /^From A to B a drop of 0\.200 \[0\.100, 0\.300\] macro ROC AUC over 12 concepts\. No paired test:/,
  );
  assert.match(said, /they have no input in common\.$/);
  assert.doesNotMatch(methodLine({ ...drop, refusal: "no" }, true), /Holm/);
});

test("intervals are spoken of only where there are some", () => {
  assert.match(methodLine(other, true), /^Difference: the other minus the first, 95 % interval paired · p /);
  assert.match(methodLine(other, false), /^Difference: the other minus the first · p /);
  assert.equal(methodLine({ ...other, refusal: "no" }, false), "Difference: the other minus the first.");
});

test("what to be careful about is told once, by the letters of all that it is of", () => {
  assert.deepEqual(cautions([other, { ...other, cautions_first: ["CEW002: few."], cautions_other: [] }]), [
    "B: CEW001: trained on them.",
    "A: CEW002: few.",
  ]);
  assert.deepEqual(cautions([{ ...other, cautions_first: other.cautions_other }, other]), [
    "A, B, C: CEW001: trained on them.",
  ]);
});

test("an undefined difference is a dash with its reason", () => {
  assert.equal(signed(null), "–");
  assert.equal(signed(-0.5), "−0.500");
  assert.deepEqual([-0.0004, 0, 0.0004, -0.0006].map(signed), ["0.000", "0.000", "0.000", "−0.001"]);
  assert.equal(pText(null), "");
  assert.equal(pText(1e-9), "p < 0.001");
  const said = verdict({ ...other, difference: null, reason: "no concept has an area" }, "A", "B");
  assert.equal(said, "B against A: no difference. No concept has an area.");
});

test("concepts are ordered by their drop, gain or p, those without one last, each with its own reason", () => {
  const ids = (order: "drop" | "gain" | "p" | "given") => rows(shown, 0, order).map(({ id }) => id);
  assert.deepEqual(ids("drop"), ["dog", "cat", "owl"]);
  assert.deepEqual(ids("gain"), ["cat", "dog", "owl"]);
  assert.deepEqual(ids("p"), ["cat", "dog", "owl"]);
  assert.deepEqual(ids("given"), ["cat", "dog", "owl"]);
  const [cat, dog, owl] = rows(shown, 0, "given");
  assert.deepEqual([cat?.name, dog?.name, cat?.first, cat?.other, cat?.p], ["Cat", "dog", 0.9, 0.95, 0.02]);
  assert.deepEqual([cat?.reason, owl?.reason], ["", "no positives"]);
});

test("it asks for those that have been read, of the concept on screen at its threshold", () => {
  const comparison = [row("run-1", 3), row("run-2", 0), row("run-3", 5)];
  const { workbench } = start({ comparison, concept: "dog", thresholds: { dog: 0.25 } });
  assert.deepEqual(compareSubject(workbench), { run: "run-1", revision: 3 });
  assert.deepEqual(compareParams(workbench), { others: ["run-3"], revisions: [5], concept: "dog", threshold: 0.25 });
});

test("its files are named after the two compared, whatever is on screen", () => {
  const comparison = [row("run-1", 3), row("run-2", 0), row("run-3", 5)];
  const run_states = [{ key: "run-3", dataset_label: "offers, version two" }];
  const { workbench } = start({ comparison, run_states: run_states as never });
  const [first, other] = [row("run-1").title, row("run-3").title];
  assert.deepEqual(comparedNames(workbench), [first, "", other, "offers, version two"]);
  assert.deepEqual(comparedNames(start({ comparison: [] }).workbench), []);
});

test("one alone is nothing to compare", () => {
  const { workbench } = start({ comparison: [row("run-1"), row("run-2", 0)] });
  assert.equal(compareSubject(workbench), null);
});

test("what is ticked shows at once, and the kernel is asked for the newest once it has answered", async () => {
  const { workbench, model } = start({ comparison: [row("run-1")] });
  const asked = () => model.sent.filter(({ action }) => action === "compare").map(({ runs }) => runs);
  for (const run of ["run-2", "run-3", "run-9", "run-9"]) tick(workbench, run);
  assert.deepEqual(workbench.compared.value, ["run-1", "run-2", "run-3"]);
  assert.deepEqual(asked(), [["run-1", "run-2"]]);
  model.receive({ comparison: [row("run-1"), row("run-2")] });
  model.reply({ id: model.sent.at(-1)?.id, ok: true });
  await settled();
  assert.deepEqual(asked(), [
    ["run-1", "run-2"],
    ["run-1", "run-2", "run-3"],
  ]);
  assert.deepEqual(workbench.compared.value, ["run-1", "run-2", "run-3"]);
  model.reply({
    id: model.sent.at(-1)?.id,
    error: { title: "Too many", message: "", details: "", code: 1, req_id: "" },
  });
  await settled();
  assert.deepEqual(workbench.compared.value, ["run-1", "run-2"], "refused: what Python says stands");
  assert.equal(workbench.actions.errors.value.compare?.title, "Too many");
});

test("the evaluation on screen stands ticked until something else is compared, and can be unticked", () => {
  const { workbench, model } = start();
  assert.deepEqual(ticked(workbench), ["run-1"]);
  assert.deepEqual(
    offered(workbench).map(({ key }) => key),
    ["run-1"],
  );
  tick(workbench, "run-1");
  assert.deepEqual(ticked(workbench), []);
  tick(workbench, "run-1");
  assert.deepEqual(ticked(workbench), ["run-1"]);
  assert.equal(model.sent.filter(({ action }) => action === "compare").length, 1, "unticking asks for nothing");
  tick(workbench, "run-2");
  assert.deepEqual(workbench.compared.value, ["run-1", "run-2"]);
});

test("where what is on screen stands among those compared is known, and that it is none of them", () => {
  const place = (run: string) =>
    placeOnScreen(start({ comparison: [row("run-2"), row("run-0", 0), row(run)] }).workbench);
  assert.equal(place("run-1"), 1);
  assert.equal(place("run-3"), -1);
});

test("two compared open the panel, from wherever that came, and it can be closed again", () => {
  const { workbench, model } = start();
  assert.ok(!workbench.opened.value.has("compare"));
  model.receive({ comparison: [row("run-1"), row("run-2", 0)] });
  assert.ok(workbench.opened.value.has("compare"));
  workbench.setOpen("compare", false);
  model.receive({ comparison: [row("run-1"), row("run-2", 1)] });
  assert.ok(!workbench.opened.value.has("compare"), "numbers that come in open nothing");
});

test("candidates are what is compared, then every other run that has ended", () => {
  const run = (key: string, status: string) =>
    ({
      key,
      status,
      version_key: "ada/apps/model/0123456789abcdef0123456789abcdef",
      method_label: "scored",
      dataset_label: "reviews",
    }) as never;
  const all = candidates(
    [row("run-2")],
    [run("run-1", "evaluated"), run("run-2", "evaluated"), run("run-3", "failed")],
  );
  assert.deepEqual(
    all.map(({ key, title, about }) => [key, title, about]),
    [
      ["run-2", "run-2", "scored · run 2"],
      ["run-1", "model, version 01234567", "Scored on reviews · run 3"],
    ],
    "of three alike",
  );
});

test("two of one model are told apart by their versions alone, two of one version by their methods", () => {
  const row = (title: string, kind_label = "Scored") => ({ title, kind_label });
  assert.deepEqual(toldApart(row("cats, version old"), row("cats, version new")), ["old", "new"]);
  assert.deepEqual(toldApart(row("cats, version old"), row("dogs, version old")), [
    "cats, version old",
    "dogs, version old",
  ]);
  assert.deepEqual(toldApart(row("old"), row("new")), ["old", "new"]);
  assert.deepEqual(toldApart(row("cats, version old"), row("cats, version old", "Cross-validated")), [
    "Scored",
    "Cross-validated",
  ]);
});

test("one line says which inputs curves and table are of, and nothing where that is plain", () => {
  const line = (common: number, ...others: Partial<Other>[]) =>
    inputsLine({ common, others: others.map((one) => ({ ...other, ...one })) });
  assert.equal(line(0, {}), "");
  assert.equal(line(480, { left_out: 4433 }), "Curves and table: on the 480 inputs that both have; 4,433 left out.");
  assert.equal(line(40, { left_out: 80 }, {}), "Curves and table: on the 40 inputs that all have.");
  assert.match(line(40, { left_out: 80 }, { matched: 0 }), /that all have that can be paired\.$/);
  assert.match(line(0, { left_out: 40 }, { left_out: 40 }), /^No input is in all/);
  assert.equal(line(0, { matched: 0 }), "Curves and table: each evaluation on all its own inputs.");
  assert.match(line(0, { fold_means: true }), /^Areas in the table are means over the folds/);
});

test("a version scored away from home is held against its cross-validation, and nothing else is", () => {
  const here = { key: "run-1", version_key: "v", dataset_key: "away", use_kfold: false, method: "score", roc_auc: 0.6 };
  const home = {
    ...here,
    key: "run-0",
    dataset_key: "home",
    use_kfold: true,
    method: "cross-validation",
    roc_auc: 0.8,
  };
  const found = (run: object, ...others: object[]) =>
    homeRun(
      start({ run_states: [run, ...others].map((one) => ({ status: "evaluated", cancelled: "", ...one })) }).workbench,
    )?.key;
  assert.equal(found(here, home), "run-0");
  assert.equal(found(here, { ...home, version_key: "another" }), undefined);
  assert.equal(found(here, { ...home, dataset_key: "away" }), undefined, "the same data are no drop");
  assert.equal(found(here, { ...home, status: "evaluating" }), undefined);
  assert.equal(found({ ...here, use_kfold: true, method: "cross-validation" }, home), undefined);
});

test("the drop from a version's own data has its interval once both evaluations are read", () => {
  assert.equal(dropSentence(0.9, 0.85, null), ": AUC 0.900, so −0.050 here.");
  const read = { ...other, difference: -0.0512, low: -0.0701, high: -0.0302, refusal: "on different inputs" } as Other;
  assert.equal(dropSentence(0.9, 0.85, read), ": AUC 0.900, so −0.051 [−0.070, −0.030] here.");
  assert.equal(dropSentence(0.9, 0.95, { ...read, difference: null }), ": AUC 0.900, so +0.050 here.");
  const asked = dropQuestion(start({ viewing: "run-1" }).workbench, { key: "run-0" } as never);
  assert.deepEqual([asked.run, asked.revision, asked.params.concept], ["run-0", 0, null]);
});

test("what no test can compare is followed by what one can: versions scored on data that neither was trained on", () => {
  const dataset = (key: string) => ({ key, name: key, app: "zoo", own_app: key !== "far" }) as never;
  const version = (key: string, trained: string) => ({ key, training_data: { dataset_key: trained } }) as never;
  const run = (key: string, more: object) =>
    ({ key, version_key: key, model: "m", use_kfold: true, dataset_key: "own", ...more }) as never;
  const known = (...runs: never[]) => ({
    runs,
    datasets: ["far", "own", "used"].map(dataset),
    versions: [version("a", "own"), version("b", "own")],
  });
  const labels = (...runs: never[]) => {
    const steps = nextSteps("a", "b", known(...runs));
    return typeof steps === "string" ? steps : steps.map(({ label }) => label);
  };
  assert.deepEqual(labels(run("a", {}), run("b", { dataset_key: "used" })), [
    "score both on used",
    "score both on far (app zoo)",
  ]);
  assert.deepEqual(labels(run("a", {}), run("b", { model: "n" })), [
    "cross-validate both on own",
    "score both on far (app zoo)",
    "score both on used",
  ]);
  const failed = (more: object) =>
    run("c", { version_key: "b", use_kfold: false, status: "failed", cancelled: "", ...more });
  const offered = (more: object) => labels(run("a", {}), run("b", {}), failed({ dataset_key: "used", ...more }));
  assert.deepEqual(offered({ error: { retry: false } }), ["score both on far (app zoo)"], "it cannot be evaluated on");
  assert.equal(offered({ error: { retry: true } }).length, 2, "that may have been chance");
  assert.equal(offered({ error: { retry: false }, version_key: "another" }).length, 2);
  assert.match(String(labels(run("a", {}), run("b", { version_key: "a" }))), /^Both are of the same version/);
  assert.match(String(labels(run("a", {}))), /^In Python: evaluate both on the same inputs/);
  const none = nextSteps("a", "b", { ...known(run("a", {}), run("b", {})), datasets: [dataset("own")] });
  assert.match(String(none), /^No dataset is listed here/);
});

test("a step is checked for each version in turn, and left out with the reason where one cannot take it", () => {
  const step = (dataset_key: string) => ({ dataset_key, use_kfold: false, name: dataset_key, label: dataset_key });
  const [fits, images] = [step("fits"), step("images")];
  const versions = ["v", "w"];
  const looked = (version_key: string, dataset_key: string, ...remarks: object[]) =>
    ({ version_key, dataset_key, dataset_version: "", remarks }) as never;
  assert.equal(refusalIn(null, fits, "v"), null);
  assert.equal(refusalIn(looked("w", "fits"), fits, "v"), null, "it was of another version");
  assert.equal(refusalIn(looked("v", "images"), fits, "v"), null, "or of other data");
  const [few, none] = [
    { kind: "refusal", method: "cross-validation", text: "few" },
    { kind: "refusal", method: "", text: "None." },
  ];
  assert.equal(refusalIn(looked("v", "fits", few, { kind: "caution", method: "", text: "x" }), fits, "v"), "");
  assert.equal(refusalIn(looked("v", "images", none), images, "v"), "None.");
  assert.equal(openCheck({}, fits, versions), "v");
  const found = { [checkOf(fits, "v")]: "", [checkOf(images, "v")]: "None." };
  assert.equal(openCheck(found, fits, versions), "w");
  assert.deepEqual(unrefused([images, fits], found, versions), { fit: [fits], left: ["images: None."] });
});

test("a number of a run that was never on screen leads to its inputs once the kernel has put it there", async () => {
  for (const lead of [
    (page: ReturnType<typeof start>["workbench"]) => showArea(page, "cat", "run-2"),
    (page: ReturnType<typeof start>["workbench"]) => showOnly(page, "cat", ["run-2", "run-3"], true),
  ]) {
    const { model, workbench } = start();
    lead(workbench);
    model.receive({ viewing: "run-2", results: encodeEvaluation(scored, { run: "run-2" }) });
    model.reply({ id: model.sent.find(({ action }) => action === "view")?.id, ok: true });
    await settled();
    assert.equal(workbench.selected.value?.concept, "cat");
    assert.equal(workbench.led.value?.panel, "inputs");
    lead(workbench);
    assert.equal(workbench.led.value?.times, 2, "where it is on screen it leads at once");
  }
});

test("a place on the plot is read off all curves: that of the nearest point by name, the others' heights at the same x", () => {
  const roc = {
    offsets: [0, 3, 6, 6],
    x: [0, 0.25, 1, 0, 0.5, 1],
    y: [0, 0.75, 1, 0, 0.5, 1],
    thresholds: [Number.NaN, 0.6, 0, Number.NaN, 0.4, 0],
    steps: false,
  };
  assert.deepEqual(nearestOf(roc, 0.2, 0.8), { curve: 0, at: 1 });
  assert.deepEqual(nearestOf(roc, 0.55, 0.45), { curve: 1, at: 4 });
  assert.equal(nearestOf({ ...roc, x: [], y: [] }, 0.5, 0.5), null);
  assert.equal(heightAt(roc, 1, 0.25), 0.25);
  assert.equal(heightAt(roc, 0, 0.625), 0.875);
  assert.equal(heightAt(roc, 0, 1), 1);
  assert.ok(Number.isNaN(heightAt(roc, 2, 0.5)), "a curve without points has no height");
  const steps = { ...roc, x: [0.5, 1, 1, 0.25, 0.75, 1], y: [1, 0.5, 0.2, 0.9, 0.8, 0.3], steps: true };
  assert.equal(heightAt(steps, 1, 0.5), 0.8, "a point's precision holds from the recall of the point before it");
  assert.equal(heightAt(steps, 0, 0.5), 1);
  assert.equal(heightAt(steps, 0, 1), 0.5);
});
