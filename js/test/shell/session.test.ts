import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { FakeModel } from "../../dev/fakeModel.ts";
import { encodeEvaluation } from "../../dev/fixture.ts";
import createWidget from "../../src/widget.ts";
import { scored, start } from "../start.ts";

// No clock outlives its test.
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("two widgets of one module share nothing", () => {
  const [one, other] = [start(), start()];
  one.workbench.setThreshold(0.9);
  one.actions.start("refresh", { action: "refresh" });
  assert.equal(other.workbench.threshold.value, 0.5);
  assert.deepEqual([other.actions.pending.value, other.model.sent.length], [{}, 0]);
});

test("a model is listened to from initialize to its end, and asked nothing by it", () => {
  const model = new FakeModel({ results: encodeEvaluation(scored) });
  const ending = new AbortController();
  createWidget().initialize({ model, signal: ending.signal });
  assert.ok(model.listening > 0);
  assert.deepEqual([model.sent, model.saved], [[], []]);
  ending.abort();
  assert.equal(model.listening, 0);
});

test("a host that knows no signals ends a model by the returned function", () => {
  const model = new FakeModel();
  createWidget().initialize({ model })();
  assert.equal(model.listening, 0);
});
