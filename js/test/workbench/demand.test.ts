import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { effect } from "@preact/signals";
import { encodeHistogram } from "../../dev/fixture.ts";
import { BUSY_AFTER, waitText } from "../../src/parts/actions.ts";
import { pack, type Section } from "../../src/wire/payload.ts";
import type { Question } from "../../src/workbench/demand.ts";
import { scored, settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const question = (revision: number, concept: string | null = "cat", run = "run-1"): Question<"histogram"> => ({
  action: "panel",
  panel: "histogram",
  run,
  revision,
  params: { concept },
});

function ask() {
  const { model, workbench, actions } = start();
  const { demand } = workbench;
  const answer = (at: number, revision: number) => {
    const bytes = encodeHistogram(scored, "cat", "run-1", revision);
    model.reply({ id: model.sent[at]?.id, ok: true }, [bytes]);
    return settled();
  };
  return { model, demand, actions, answer };
}

test("a question is asked once and answered from then on", async () => {
  const { model, demand, answer } = ask();
  demand.want(question(1));
  demand.want(question(1));
  assert.equal(model.sent.length, 1);
  assert.deepEqual({ ...model.sent[0], id: "" }, { ...question(1), id: "" });
  await answer(0, 1);
  assert.equal(demand.supply(question(1)).value.section?.head.concept, "cat");
  demand.want(question(1));
  assert.equal(model.sent.length, 1);
});

test("a newer revision is asked for while the older drawing stays", async () => {
  const { model, demand, answer } = ask();
  demand.want(question(1));
  await answer(0, 1);
  demand.want(question(2));
  assert.equal(model.sent.length, 2);
  assert.equal(demand.supply(question(2)).value.revision, 1);
  await answer(1, 2);
  assert.equal(demand.supply(question(2)).value.revision, 2);
});

test("a run that is faster than its answers has one request under way, then the newest revision is asked for", async () => {
  const { model, demand, answer } = ask();
  let revision = 1;
  const end = effect(() => demand.want(question(revision)));
  for (revision = 2; revision < 6; revision++) demand.want(question(revision));
  revision = 5;
  assert.equal(model.sent.length, 1);
  await answer(0, 1);
  assert.deepEqual(
    model.sent.map((message) => message.revision),
    [1, 5],
  );
  await answer(1, 5);
  assert.equal(model.sent.length, 2);
  end();
});

test("an answer that is newer than the question is not asked for again", async () => {
  const { model, demand, answer } = ask();
  demand.want(question(1));
  await answer(0, 2);
  demand.want(question(1));
  demand.want(question(2));
  assert.equal(model.sent.length, 1);
});

test("another concept, or another run, is another question", () => {
  const { model, demand } = ask();
  for (const asked of [question(1), question(1, "dog"), question(1, null), question(1, "cat", "run-2")])
    demand.want(asked);
  assert.equal(model.sent.length, 4);
});

test("a failure is kept beside the older drawing and not asked again by itself, but by Retry or a newer revision", async () => {
  const { model, demand, answer } = ask();
  demand.want(question(1));
  await answer(0, 1);
  demand.want(question(2));
  const error = { code: 0, title: "No scores", message: "", details: "", req_id: "", retry: true };
  model.reply({ id: model.sent[1]?.id, error });
  await settled();
  const supply = demand.supply(question(2));
  assert.deepEqual([supply.value.failure, supply.value.revision], [error, 1]);
  demand.want(question(2));
  assert.equal(model.sent.length, 2);
  demand.retry(question(2));
  assert.deepEqual([model.sent.length, supply.value.failure], [3, null]);
  await answer(2, 2);
  assert.equal(supply.value.revision, 2);
  demand.want(question(3));
  assert.equal(model.sent.length, 4);
});

test("a reply without data, or with a faulty section, is a failure with words", async () => {
  const { model, demand } = ask();
  demand.want(question(1));
  model.reply({ id: model.sent[0]?.id, ok: true });
  await settled();
  assert.match(demand.supply(question(1)).value.failure?.message ?? "", /"histogram" came without data/);
});

test("a question that a busy kernel keeps waiting says so under its own control", () => {
  const { demand, actions } = ask();
  demand.want(question(1));
  mock.timers.tick(BUSY_AFTER);
  assert.match(waitText(actions.pending.value[demand.control(question(9))]), /running cell/);
  assert.equal(actions.pending.value[demand.control(question(1, "dog"))], undefined);
});

test("answers looked at longest ago are dropped", async () => {
  const { model, demand, answer } = ask();
  demand.want(question(1));
  await answer(0, 1);
  for (let i = 0; i < 60; i++) demand.want(question(1, `concept ${i}`));
  demand.want(question(1));
  assert.equal(model.sent.length, 62);
});

test("Python is told of a list of inputs that comes on screen again, though its answer is here", async () => {
  const { model, demand } = ask();
  const of = (outcome: "fp" | "fn"): Question<"inputs"> => ({
    action: "panel",
    panel: "inputs",
    run: "run-1",
    revision: 1,
    params: {
      ...{ concept: "cat", outcome, labelled: null, threshold: 0.5, against: null },
      ...{ sort: "margin", page: 0, large: null },
    },
  });
  const comes = (question: Question<"inputs">) => {
    demand.want(question);
    demand.show(question);
  };
  const told = () => model.sent.map((message) => (message.params as { outcome: string }).outcome).join(" ");
  const none = new Uint32Array();
  const arrays = { label_offsets: none, labels: none, bar_offsets: none, bar_concepts: none };
  const scores = { bar_scores: new Float64Array(), margins: new Float64Array(), losses: new Float64Array() };
  const answer = async (at: number) => {
    const section = { head: {}, arrays: { ...arrays, ...scores } } as unknown as Section<"inputs">;
    model.reply({ id: model.sent[at]?.id, ok: true }, [pack("run-1", 1, { inputs: section })]);
    await settled();
  };
  comes(of("fp"));
  comes(of("fn"));
  comes(of("fp"));
  assert.equal(told(), "fp fn fp", "also while both answers are on their way");
  for (const at of [0, 1, 2]) await answer(at);
  comes(of("fn"));
  assert.equal(told(), "fp fn fp fn");
  await answer(3);
  demand.want(question(1));
  demand.show(question(1));
  assert.equal(model.sent.length, 5, "of other panels nobody is told");
});
