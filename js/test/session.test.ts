import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { FakeModel } from "../dev/fakeModel.ts";
import { encodeEvaluation, randomConcept, randomSource } from "../dev/fixture.ts";
import { BUSY_AFTER, waitText } from "../src/actions.ts";
import type { Curves } from "../src/protocol.ts";
import { Session, WRITE_EVERY } from "../src/session.ts";

const random = randomSource(4);
const scored = { cat: randomConcept(random, 200, 0.3, 0.5), dog: randomConcept(random, 200, 0.2, 0.4) };

function start(state: Record<string, unknown> = {}) {
  const model = new FakeModel({ threshold: 0.5, viewing: "run-1", curves: encodeEvaluation(scored), ...state });
  const ending = new AbortController();
  return { model, ending, session: new Session(model, ending.signal) };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a trait set from Python reaches its signal", () => {
  const { model, session } = start({ viewing: "run-1" });
  model.receive({ app: "digits" });
  assert.equal(session.traits.app.value, "digits");
  assert.deepEqual(session.traits.versions.value, []);
});

test("an action is sent once, however often its control is pressed before the reply", () => {
  const { model, session } = start();
  const action = { action: "calculate", version: "v1", dataset: "a/d", use_kfold: true } as const;
  assert.equal(session.actions.start("row:v1", action), true);
  assert.equal(session.actions.start("row:v1", action), false);
  assert.equal(model.sent.length, 1);
  assert.equal(session.actions.start("row:v2", { ...action, version: "v2" }), true);
  assert.notEqual(model.sent[0]?.id, model.sent[1]?.id);
});

test("a reply frees its own control only", () => {
  const { model, session } = start();
  session.actions.start("app", { action: "select_app", app: "a" });
  session.actions.start("model", { action: "select_model", model: "m" });
  model.reply({ id: model.sent[0]?.id, ok: true });
  model.reply({ id: "of another page", ok: true });
  assert.deepEqual(Object.keys(session.actions.pending.value), ["model"]);
});

test("a reply with an error is kept for its control until the next try", () => {
  const { model, session } = start();
  session.actions.start("row:v1", { action: "view", run: "r" });
  const error = { title: "Gone", message: "", details: "", code: 11101, req_id: "r1" };
  model.reply({ id: model.sent[0]?.id, error });
  assert.deepEqual(session.actions.errors.value["row:v1"], error);
  session.actions.start("row:v1", { action: "view", run: "r" });
  assert.deepEqual(session.actions.errors.value, {});
});

test("without a reply for a while the kernel counts as busy, and the action is not sent again", () => {
  const { model, session } = start();
  session.actions.start("refresh", { action: "refresh" });
  mock.timers.tick(BUSY_AFTER - 1);
  assert.equal(waitText(session.actions.pending.value.refresh), "");
  mock.timers.tick(1);
  assert.match(waitText(session.actions.pending.value.refresh), /waiting for the running cell/i);
  assert.equal(model.sent.length, 1);
  model.reply({ id: model.sent[0]?.id, ok: true });
  assert.equal(waitText(session.actions.pending.value.refresh), "");
});

test("a threshold that moves is written at most every interval, and its last value always", () => {
  const { model, session } = start();
  for (let i = 1; i <= 20; i++) {
    session.setThreshold(i / 100);
    mock.timers.tick(10);
  }
  assert.equal(session.traits.threshold.value, 0.2);
  assert.ok(model.saved.length <= 1 + 200 / WRITE_EVERY, `${model.saved.length} writes`);
  mock.timers.tick(WRITE_EVERY);
  assert.deepEqual(model.saved.at(-1), { threshold: 0.2 });
  const written = model.saved.length;
  mock.timers.tick(10 * WRITE_EVERY);
  assert.equal(model.saved.length, written);
});

test("a late echo of an earlier threshold does not pull the slider back", () => {
  const { model, session } = start();
  session.setThreshold(0.1);
  session.setThreshold(0.2);
  model.receive({ threshold: 0.15 });
  assert.equal(session.traits.threshold.value, 0.2);
  mock.timers.tick(WRITE_EVERY);
  model.receive({ threshold: 0.7 });
  assert.equal(session.traits.threshold.value, 0.7);
});

test("the end of a drag writes at once", () => {
  const { model, session } = start();
  session.setThreshold(0.1);
  session.setThreshold(0.3);
  session.flushThreshold();
  assert.deepEqual(model.saved.at(-1), { threshold: 0.3 });
});

test("choices and concept are written to the model", () => {
  const { model, session } = start({ choices: { v1: { dataset: "a/d", use_kfold: true } } });
  session.setChoice("v2", { dataset: "a/e", use_kfold: false });
  session.setConcept("dog");
  assert.deepEqual(Object.keys(model.get("choices") as object), ["v1", "v2"]);
  assert.equal(model.get("concept"), "dog");
  assert.equal(session.conceptIndex.value, 1);
});

test("curves of another run than the one on screen are not shown", () => {
  const { model, session } = start();
  const shown = () => session.curves.value?.run;
  assert.equal(shown(), "run-1");
  model.receive({ viewing: "run-2" });
  assert.equal(shown(), undefined);
  model.receive({ workbench_only: true });
  assert.equal(shown(), "run-1");
});

test("results seen before are looked at again without waiting for the kernel", () => {
  const { model, session } = start();
  const shown = () => session.curves.value?.run;
  model.receive({ viewing: "run-2", curves: encodeEvaluation(scored, { run: "run-2" }) });
  session.view("row:v1", "run-1");
  assert.equal(shown(), "run-1");
  assert.deepEqual(
    model.sent.map((m) => [m.action, m.run]),
    [["view", "run-1"]],
  );
  mock.timers.tick(BUSY_AFTER);
  assert.equal(waitText(session.actions.pending.value["row:v1"]), "");
  model.receive({ viewing: "run-1", curves: encodeEvaluation(scored, { run: "run-1", revision: 2 }) });
  model.reply({ id: model.sent[0]?.id, ok: true });
  assert.equal(session.curves.value?.revision, 2);
});

test("a look at kept results ends when the kernel refuses or shows another run", () => {
  const { model, session } = start();
  model.receive({ viewing: "run-2", curves: encodeEvaluation(scored, { run: "run-2" }) });
  session.view("row:v1", "run-1");
  model.reply({ id: model.sent[0]?.id, error: { title: "Gone", message: "", details: "", code: 1, req_id: "" } });
  assert.equal(session.curves.value?.run, "run-2");
  session.view("row:v1", "run-1");
  model.receive({ viewing: "run-3" });
  assert.equal(session.curves.value, null);
});

test("results never seen here wait for the kernel", () => {
  const { session } = start();
  session.view("row:v1", "run-9");
  assert.equal(session.curves.value?.run, "run-1");
});

test("between stops the counts are pending until Python sends those of this very threshold", () => {
  const { model, session } = start({ concept: "cat", curves: encodeEvaluation(scored, { stops: 101 }) });
  // A threshold whose neighbouring stops count differently, so that they cannot settle it.
  const { stops, counts } = session.curves.value as Curves;
  const above = stops.findIndex((_, i) => i > 0 && counts?.tps[i] !== counts?.tps[i - 1]);
  const between = ((stops[above - 1] as number) + (stops[above] as number)) / 2;
  const tp = () => session.point.value?.tp;
  assert.equal(typeof tp(), "number");
  model.receive({ threshold: between });
  assert.equal(tp(), undefined);
  const exact = { run: "run-1", revision: 1, threshold: between, tps: [11, 12], fps: [21, 22] };
  model.receive({ exact_stop: { ...exact, threshold: 0.2 } });
  assert.equal(tp(), undefined);
  model.receive({ exact_stop: exact });
  assert.equal(tp(), 11);
});

test("unreadable curves are a problem to show, not a crash", () => {
  const { session } = start({ curves: new DataView(new ArrayBuffer(5)) });
  assert.equal(session.curves.value, null);
  assert.notEqual(session.curvesProblem.value, "");
});

test("the end of the model writes what is waiting and leaves no listener", () => {
  const { model, ending, session } = start();
  session.setThreshold(0.1);
  session.setThreshold(0.9);
  ending.abort();
  assert.deepEqual(model.saved.at(-1), { threshold: 0.9 });
  assert.equal(model.listening, 0);
});

test("a run whose kernel is gone is no longer shown as running, and nothing more is sent", () => {
  const running = { key: "run-1", status: "evaluating", error: null };
  const { model, session } = start({ run_states: [running, { ...running, key: "run-0", status: "evaluated" }] });
  model.fire("comm_live_update");
  assert.equal(session.gone.value, true);
  assert.deepEqual(
    session.traits.run_states.value.map((run) => run.status),
    ["failed", "evaluated"],
  );
  assert.match(session.run.value?.error?.title ?? "", /restarted/);
  assert.equal(session.actions.start("refresh", { action: "refresh" }), false);
  assert.equal(model.sent.length, 0);
});
