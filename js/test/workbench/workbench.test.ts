import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { countsAt, encodeEvaluation } from "../../dev/fixture.ts";
import { WRITE_EVERY } from "../../src/host/traits.ts";
import { BUSY_AFTER, waitText } from "../../src/parts/actions.ts";
import type { Evaluation } from "../../src/workbench/evaluation.ts";
import { scored, settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("curves of another run than the one on screen are not shown", () => {
  const { model, workbench } = start();
  const shown = () => workbench.evaluation.value?.run;
  assert.equal(shown(), "run-1");
  model.receive({ viewing: "run-2" });
  assert.equal(shown(), undefined);
  model.receive({ workbench_only: true });
  assert.equal(shown(), "run-1");
});

test("what was clicked in one evaluation is not listed of another, and is while the same one goes on", () => {
  const { model, workbench } = start();
  const behind = { concept: "cat", outcome: "fp", labelled: null, given: "threshold" } as const;
  workbench.select(behind);
  model.receive({ results: encodeEvaluation(scored, { run: "run-1", revision: 2 }) });
  assert.deepEqual(workbench.selected.value, behind);
  model.receive({ viewing: "run-2", results: encodeEvaluation(scored, { run: "run-2" }) });
  assert.equal(workbench.selected.value, null);
  workbench.select(behind);
  workbench.view("row:v1", "run-1");
  assert.equal(workbench.selected.value, null, "also where it is shown before the kernel has answered");
});

test("results seen before are looked at again without waiting for the kernel", async () => {
  const { model, workbench, actions } = start();
  const shown = () => workbench.evaluation.value?.run;
  model.receive({ viewing: "run-2", results: encodeEvaluation(scored, { run: "run-2" }) });
  workbench.view("row:v1", "run-1");
  assert.equal(shown(), "run-1");
  assert.deepEqual(
    model.sent.map((m) => [m.action, m.run]),
    [["view", "run-1"]],
  );
  mock.timers.tick(BUSY_AFTER);
  assert.equal(waitText(actions.pending.value["row:v1"]), "");
  model.receive({ viewing: "run-1", results: encodeEvaluation(scored, { run: "run-1", revision: 2 }) });
  model.reply({ id: model.sent[0]?.id, ok: true });
  await settled();
  assert.equal(workbench.evaluation.value?.revision, 2);
});

test("a look at kept results ends when the kernel refuses or shows another run", async () => {
  const { model, workbench } = start();
  model.receive({ viewing: "run-2", results: encodeEvaluation(scored, { run: "run-2" }) });
  workbench.view("row:v1", "run-1");
  model.reply({ id: model.sent[0]?.id, error: { title: "Gone", message: "", details: "", code: 1, req_id: "" } });
  await settled();
  assert.equal(workbench.evaluation.value?.run, "run-2");
  workbench.view("row:v1", "run-1");
  assert.equal(workbench.evaluation.value?.run, "run-1");
  model.receive({ viewing: "run-3" });
  assert.equal(workbench.evaluation.value, null);
});

test("results never seen here wait for the kernel", () => {
  const { workbench } = start();
  workbench.view("row:v1", "run-9");
  assert.equal(workbench.evaluation.value?.run, "run-1");
});

test("between stops the counts are pending until Python sends those of this very threshold", () => {
  const { model, workbench } = start({ concept: "cat", results: encodeEvaluation(scored, { stops: 101 }) });
  // A threshold whose neighbouring stops count differently, so that they cannot settle it.
  const { stops, counts } = workbench.evaluation.value as Evaluation;
  const above = stops.findIndex((_, i) => i > 0 && counts?.tps[i] !== counts?.tps[i - 1]);
  const between = ((stops[above - 1] as number) + (stops[above] as number)) / 2;
  const tp = () => workbench.point.value?.tp;
  assert.equal(typeof tp(), "number");
  model.receive({ threshold: between });
  assert.equal(tp(), undefined);
  const exact = { run: "run-1", revision: 1, thresholds: [between, between], tps: [11, 12], fps: [21, 22] };
  model.receive({ exact_counts: { ...exact, thresholds: [0.2, between] } });
  assert.equal(tp(), undefined);
  model.receive({ exact_counts: exact });
  assert.equal(tp(), 11);
});

test("unreadable results are a problem to show, not a crash", () => {
  const { workbench } = start({ results: new DataView(new ArrayBuffer(5)) });
  assert.equal(workbench.evaluation.value, null);
  assert.notEqual(workbench.problem.value, "");
});

test("counts of fewer concepts than the head names are refused with the array's name", () => {
  const { workbench } = start({
    results: encodeEvaluation(scored, {
      change: ({ evaluation, ...rest }) => ({
        ...rest,
        evaluation: { ...evaluation, arrays: { ...evaluation.arrays, tps: Uint32Array.of(1) } },
      }),
    }),
  });
  assert.match(workbench.problem.value, /"evaluation\/tps" has 1 numbers/);
});

test("the slider moves the common threshold, or the own one of the concept on screen if it has one", () => {
  const { model, workbench } = start({ thresholds: { dog: 0.25 }, concept: "cat" });
  assert.equal(workbench.threshold.value, 0.5);
  workbench.setThreshold(0.75);
  assert.deepEqual(model.saved.at(-1), { threshold: 0.75 });
  workbench.setConcept("dog");
  assert.equal(workbench.threshold.value, 0.25);
  workbench.setThreshold(0.1);
  assert.deepEqual(model.saved.at(-1), { thresholds: { dog: 0.1 } });
  assert.deepEqual([workbench.thresholdOf(0), workbench.thresholdOf(1), workbench.thresholdOf(2)], [0.75, 0.1, 0.75]);
});

test("each concept's point stands at its own threshold, and the macro average follows from them", () => {
  const { model, workbench } = start({ thresholds: { dog: 0.25 }, concept: null });
  const [cat, dog] = [countsAt(scored.cat, 0.5), countsAt(scored.dog, 0.25)];
  const tp = () => workbench.point.value?.tp;
  assert.equal(tp(), cat.tp + dog.tp);
  model.receive({ concept: "dog" });
  assert.equal(tp(), dog.tp);
  model.receive({ thresholds: {} });
  assert.equal(tp(), countsAt(scored.dog, 0.5).tp);
});

test("a concept called like a method of every object has no threshold of its own", () => {
  const { workbench } = start({ results: encodeEvaluation({ constructor: scored.cat }), concept: "constructor" });
  assert.equal(workbench.threshold.value, 0.5);
});

test("the end of the model writes what is waiting", () => {
  const { model, ending, workbench } = start();
  workbench.setThreshold(0.1);
  workbench.setThreshold(0.9);
  ending.abort();
  assert.deepEqual(model.saved.at(-1), { threshold: 0.9 });
  mock.timers.tick(10 * WRITE_EVERY);
  assert.equal(model.listening, 0);
});

test("what has changed of the runs stands in for what was sent, and new runs before it", () => {
  const run = (key: string, fraction: number) => ({ key, fraction, status: "evaluating", error: null });
  const { model, workbench } = start({ run_states: [run("b", 0), run("a", 0)] });
  const shown = () => workbench.runs.value.map(({ key, fraction }) => `${key} ${fraction}`);
  model.receive({ run_changes: { d: run("d", 0), c: run("c", 0.1), a: run("a", 0.5) } });
  assert.deepEqual(shown(), ["d 0", "c 0.1", "b 0", "a 0.5"]);
  model.receive({ run_states: [run("d", 0.2), run("a", 1)], run_changes: {} });
  assert.deepEqual(shown(), ["d 0.2", "a 1"]);
});

test("a run whose kernel is gone is no longer shown as running", () => {
  const running = { key: "run-1", status: "evaluating", error: null };
  const { model, workbench } = start({ run_states: [running, { ...running, key: "run-0", status: "evaluated" }] });
  model.fire("comm_live_update");
  assert.equal(workbench.gone.value, true);
  assert.deepEqual(
    workbench.runs.value.map((run) => run.status),
    ["failed", "evaluated"],
  );
  assert.match(workbench.run.value?.error?.title ?? "", /restarted/);
});
