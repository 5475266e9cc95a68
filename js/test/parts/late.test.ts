import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { BUSY_AFTER } from "../../src/parts/actions.ts";
import { settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const asked = (model: ReturnType<typeof start>["model"]) => model.sent.filter(({ action }) => action === "late");

test("nothing that comes late is asked for at the start, and at most one asking is under way", () => {
  const { model, late } = start();
  assert.equal(asked(model).length, 0);
  late.load(true);
  late.load();
  assert.equal(asked(model).length, 1);
});

test("a page that waits for it is told of a busy kernel, one that only gets it ready is not", async () => {
  const { late, actions } = start();
  late.load(true);
  mock.timers.tick(BUSY_AFTER + 1);
  assert.equal(actions.pending.value.late?.wait, "sent");
  late.load();
  mock.timers.tick(BUSY_AFTER + 1);
  assert.equal(actions.pending.value.late?.wait, "waiting");
});

test("what could not be loaded says why and is asked for again", async () => {
  const { model, late } = start();
  const error = { code: 0, title: "Gone away", message: "It left.", details: "", req_id: "", retry: true };
  late.load();
  model.reply({ id: asked(model)[0]?.id, error });
  await settled();
  assert.match(late.failure.value?.message ?? "", /Gone away\. It left\./);
  late.load();
  assert.equal(late.failure.value, null);
  assert.equal(asked(model).length, 2);
});

test("a file that has come and is being read is not asked for once more", async () => {
  const { model, late, actions } = start();
  late.load(true);
  const code = new TextEncoder().encode('export default () => ({ parts: {}, css: "" })');
  model.reply({ id: asked(model)[0]?.id, ok: true }, [code]);
  while ("late" in actions.pending.value) await Promise.resolve();
  assert.equal(late.here.value, null);
  late.load();
  assert.equal(asked(model).length, 1);
});
