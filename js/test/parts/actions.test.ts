import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { BUSY_AFTER, STUCK_AFTER, waitText } from "../../src/parts/actions.ts";
import { settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("an action is sent once, however often its control is pressed before the reply", () => {
  const { model, actions } = start();
  const action = {
    action: "calculate",
    version_key: "v1",
    dataset_key: "a/d",
    dataset_version: "",
    use_kfold: true,
  } as const;
  assert.equal(actions.start("row:v1", action), true);
  assert.equal(actions.start("row:v1", action), false);
  assert.equal(model.sent.length, 1);
  assert.equal(actions.start("row:v2", { ...action, version_key: "v2" }), true);
  assert.notEqual(model.sent[0]?.id, model.sent[1]?.id);
});

test("a reply frees its own control only", async () => {
  const { model, actions } = start();
  actions.start("app", { action: "select_app", app: "a" });
  actions.start("model", { action: "select_model", model: "m" });
  model.reply({ id: model.sent[0]?.id, ok: true });
  model.reply({ id: "of another page", ok: true });
  await settled();
  assert.deepEqual(Object.keys(actions.pending.value), ["model"]);
});

test("a reply with an error is kept for its control until the next try", async () => {
  const { model, actions } = start();
  actions.start("row:v1", { action: "view", run: "r" });
  const error = { title: "Gone", message: "", details: "", code: 11101, req_id: "r1", retry: true };
  model.reply({ id: model.sent[0]?.id, error });
  await settled();
  assert.deepEqual(actions.errors.value["row:v1"], error);
  actions.start("row:v1", { action: "view", run: "r" });
  assert.deepEqual(actions.errors.value, {});
});

test("without a reply for a while the kernel counts as busy, and the action is not sent again", async () => {
  const { model, actions } = start();
  const text = () => waitText(actions.pending.value.refresh);
  actions.start("refresh", { action: "refresh" });
  mock.timers.tick(BUSY_AFTER - 1);
  assert.equal(text(), "");
  mock.timers.tick(1);
  assert.match(text(), /waiting for the running cell/i);
  mock.timers.tick(STUCK_AFTER);
  assert.match(text(), /restarted/);
  assert.equal(model.sent.filter(({ action }) => action === "refresh").length, 1);
  model.reply({ id: model.sent[0]?.id, ok: true });
  await settled();
  assert.equal(text(), "");
});

test("when the kernel goes no control waits for it any longer, and nothing more is sent", async () => {
  const { model, actions } = start();
  actions.start("refresh", { action: "refresh" });
  model.fire("comm_live_update");
  await settled();
  assert.deepEqual([actions.pending.value, actions.errors.value], [{}, {}]);
  assert.equal(actions.start("refresh", { action: "refresh" }), false);
  assert.equal(model.sent.length, 1);
});
