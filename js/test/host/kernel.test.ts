import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { FakeModel } from "../../dev/fakeModel.ts";
import { RequestError } from "../../src/host/host.ts";
import { KernelHost, LATE_ANSWER, UNHEARD } from "../../src/host/kernel.ts";

const panel = { action: "panel", panel: "histogram", run: "r", revision: 1, params: { concept: null } } as const;

function start(state = {}) {
  const model = new FakeModel(state);
  const ending = new AbortController();
  return { model, ending, host: new KernelHost(model, ending.signal) };
}

const refusal = (words: RegExp) => (error: unknown) => error instanceof RequestError && words.test(error.failure.title);

test("a reply's buffers reach the request of its id", async () => {
  const { model, host } = start();
  const [first, second] = [host.request(panel), host.request({ action: "refresh" })];
  const { id, ...message } = model.sent[0] as { id: string };
  assert.deepEqual(message, panel);
  const data = Uint8Array.of(1, 2, 3);
  model.reply({ id: model.sent[1]?.id, ok: true });
  model.reply({ id, ok: true }, [data]);
  assert.deepEqual((await first).buffers, [data]);
  assert.deepEqual((await second).buffers, []);
});

test("where a host drops buffers, the request is sent anew, once, and from then on all ask for text", async () => {
  const { model, host } = start();
  const [first, second] = [host.request(panel), host.request({ action: "late" })];
  model.reply({ id: model.sent[0]?.id, ok: true, buffers: 1 });
  model.reply({ id: model.sent[1]?.id, ok: true, buffers: 1 }, []);
  assert.deepEqual(
    model.sent.map(({ action, base64 = false }) => [action, base64]),
    [
      ["panel", false],
      ["late", false],
      ["panel", true],
      ["late", true],
    ],
  );
  assert.equal(new Set(model.sent.map(({ id }) => id)).size, 4);
  model.reply({ id: model.sent[2]?.id, ok: true, buffers: 1, base64: ["AAH/"] });
  model.reply({ id: model.sent[3]?.id, ok: true, buffers: 1 });
  assert.deepEqual((await first).buffers, [Uint8Array.of(0, 1, 255)]);
  assert.deepEqual((await second).buffers, []);
  const third = host.request(panel);
  assert.equal(model.sent[4]?.base64, true);
  model.reply({ id: model.sent[4]?.id, ok: true });
  assert.deepEqual((await third).buffers, []);
});

test("a request that was not done says why", async () => {
  const { model, host } = start();
  const asked = host.request(panel);
  const error = { code: 0, title: "No scores", message: "", details: "", req_id: "", retry: false };
  model.reply({ id: model.sent[0]?.id, error });
  await assert.rejects(asked, refusal(/No scores/));
});

test("messages that answer no request are left alone", async () => {
  const { model, host } = start();
  const asked = host.request(panel);
  for (const stray of [null, "text", {}, { id: "of another page", ok: true }]) model.reply(stray);
  model.reply({ id: model.sent[0]?.id, ok: true });
  assert.deepEqual((await asked).buffers, []);
});

test("when the kernel goes, open requests and later ones are refused", async () => {
  const { model, host } = start();
  const asked = host.request(panel);
  model.fire("comm_live_update");
  assert.equal(host.live.value, false);
  await assert.rejects(asked, refusal(/kernel was restarted/));
  await assert.rejects(host.request(panel), refusal(/kernel was restarted/));
  assert.equal(model.sent.length, 1);
});

test("a model whose send or save_changes throws has lost its kernel: it was shut down", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const fail = () => {
    throw new Error("Cannot send");
  };
  const { model, host } = start();
  const open = host.request(panel);
  model.send = fail;
  await assert.rejects(host.request(panel), refusal(/kernel was/));
  await assert.rejects(open, refusal(/kernel was/));
  assert.equal(host.live.value, false);
  await assert.rejects(host.request(panel), refusal(/kernel was/));

  const saving = start();
  const asked = saving.host.request(panel);
  saving.model.save_changes = fail;
  saving.host.set("threshold", 0.75);
  saving.host.save();
  await assert.rejects(asked, refusal(/kernel was/));
  assert.deepEqual([saving.host.live.value, saving.host.get("threshold")], [false, 0.75]);
});

test("a kernel whose comms are closed is found gone by a look, without a message", async () => {
  const comm = { jsServicesComm: { isDisposed: false } };
  const { model, host } = start({ layout: { comm_live: true, comm } });
  const open = host.request(panel);
  host.look();
  assert.equal(host.live.value, true);
  comm.jsServicesComm.isDisposed = true;
  host.look();
  assert.equal(host.live.value, false);
  await assert.rejects(open, refusal(/kernel was/));
  assert.equal(model.sent.length, 1);
  const elsewhere = start({ layout: { comm_live: true, comm: {} } });
  elsewhere.host.look();
  assert.equal(elsewhere.host.live.value, true);
});

test("of a saved notebook's state it is known from the start that there is no kernel, and nothing is sent", async () => {
  const { model, host } = start({ layout: { comm_live: false }, threshold: 0.25 });
  assert.deepEqual([host.live.value, host.restored], [false, true]);
  await assert.rejects(host.request(panel), refusal(/as it was saved/));
  host.set("threshold", 0.75);
  host.save();
  assert.equal(host.get("threshold"), 0.75);
  assert.deepEqual([model.sent.length, model.saved.length], [0, 0]);
  for (const layout of [{ comm_live: true }, "IPY_MODEL_of another host", undefined]) {
    assert.equal(start({ layout }).host.live.value, true);
  }
});

test("in marimo's export to HTML it is known that there is no kernel, and nothing is sent", async () => {
  Object.defineProperty(globalThis, "__MARIMO_STATIC__", { value: {}, configurable: true });
  try {
    const { model, host } = start();
    assert.deepEqual([host.live.value, host.restored], [false, true]);
    await assert.rejects(host.request(panel), refusal(/as it was saved/));
    assert.equal(model.sent.length, 0);
  } finally {
    Reflect.deleteProperty(globalThis, "__MARIMO_STATIC__");
  }
  assert.equal(start().host.live.value, true);
});

test("a kernel that is done with two messages and has answered neither was restarted elsewhere", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, host } = start();
  const asked = host.request(panel);
  const later = () => {
    model.tell("busy");
    model.tell("idle");
    mock.timers.tick(LATE_ANSWER);
  };
  later();
  assert.equal(host.live.value, true);
  assert.deepEqual(
    model.sent.map(({ action }) => action),
    ["panel", "listen"],
  );
  later();
  assert.equal(host.live.value, false);
  await assert.rejects(asked, refusal(/kernel was restarted/));
  mock.timers.reset();
});

test("what a kernel lost as it went down is asked after, and what waits for a cell is let wait", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, host } = start();
  const asked = host.request(panel);
  mock.timers.tick(UNHEARD);
  assert.deepEqual(
    model.sent.map(({ action }) => action),
    ["panel", "listen"],
  );
  mock.timers.tick(2 * UNHEARD - 1);
  assert.equal(model.sent.length, 2);
  mock.timers.tick(1);
  assert.equal(model.sent.length, 3);
  assert.equal(host.live.value, true, "nobody took anything: the kernel may be busy");
  model.tell("busy");
  model.tell("idle");
  mock.timers.tick(LATE_ANSWER);
  assert.equal(host.live.value, false);
  await assert.rejects(asked, refusal(/kernel was restarted/));
  mock.timers.reset();
});

test("a message that was taken or answered is not asked after", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, host } = start();
  const taken = host.request(panel);
  model.tell("busy");
  const answered = host.request(panel);
  model.reply({ id: model.sent[1]?.id, ok: true });
  mock.timers.tick(10 * UNHEARD);
  assert.equal(model.sent.length, 2);
  model.reply({ id: model.sent[0]?.id, ok: true });
  await Promise.all([taken, answered]);
  mock.timers.reset();
});

test("a kernel that answers, in time or to the question after it, is there", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { model, host } = start();
  const asked = [host.request(panel), host.request(panel)];
  model.tell("idle");
  model.reply({ id: model.sent[1]?.id, ok: true });
  mock.timers.tick(LATE_ANSWER);
  assert.equal(model.sent.length, 2, "nothing to ask after");
  const third = host.request(panel);
  model.tell("idle");
  mock.timers.tick(LATE_ANSWER);
  model.tell("idle");
  model.reply({ id: model.sent[3]?.id, ok: true });
  mock.timers.tick(LATE_ANSWER);
  assert.equal(host.live.value, true);
  for (const at of [0, 2]) model.reply({ id: model.sent[at]?.id, ok: true });
  await Promise.all([...asked, third]);
  mock.timers.reset();
});

test("a trait that Python never set reads as what stands in for it", () => {
  const { host } = start({ threshold: 0.25 });
  assert.deepEqual([host.get("threshold"), host.get("choices"), host.get("concept")], [0.25, {}, null]);
});

test("the end of the model leaves no listener", () => {
  const { model, ending, host } = start();
  const follow = () => {};
  host.on("app", follow);
  host.off("app", follow);
  ending.abort();
  assert.equal(model.listening, 0);
});
