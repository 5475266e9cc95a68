import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { FakeModel } from "../../dev/fakeModel.ts";
import { KernelHost } from "../../src/host/kernel.ts";
import { Traits, WRITE_EVERY } from "../../src/host/traits.ts";

function start(state: Record<string, unknown> = {}) {
  const model = new FakeModel({ threshold: 0.5, ...state });
  const ending = new AbortController();
  return { model, ending, traits: new Traits(new KernelHost(model, ending.signal), ending.signal) };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a trait set from Python reaches its signal", () => {
  const { model, traits } = start();
  model.receive({ app: "digits" });
  assert.equal(traits.signals.app.value, "digits");
  assert.deepEqual(traits.signals.versions.value, []);
});

test("a threshold that moves is written at most every interval, and its last value always", () => {
  const { model, traits } = start();
  for (let i = 1; i <= 20; i++) {
    traits.move("threshold", i / 100);
    mock.timers.tick(10);
  }
  assert.equal(traits.signals.threshold.value, 0.2);
  assert.ok(model.saved.length <= 1 + 200 / WRITE_EVERY, `${model.saved.length} writes`);
  mock.timers.tick(WRITE_EVERY);
  assert.deepEqual(model.saved.at(-1), { threshold: 0.2 });
  const written = model.saved.length;
  mock.timers.tick(10 * WRITE_EVERY);
  assert.equal(model.saved.length, written);
});

test("a late echo of an earlier threshold does not pull the slider back", () => {
  const { model, traits } = start();
  traits.move("threshold", 0.1);
  traits.move("threshold", 0.2);
  model.receive({ threshold: 0.15 });
  assert.equal(traits.signals.threshold.value, 0.2);
  mock.timers.tick(WRITE_EVERY);
  model.receive({ threshold: 0.7 });
  assert.equal(traits.signals.threshold.value, 0.7);
});

test("a late echo of a concept's own threshold does not pull the slider back either", () => {
  const { model, traits } = start();
  traits.move("thresholds", { cat: 0.1 });
  traits.move("thresholds", { cat: 0.2 });
  model.receive({ thresholds: { cat: 0.1 } });
  assert.deepEqual(traits.signals.thresholds.value, { cat: 0.2 });
});

test("the end of a drag writes at once", () => {
  const { model, traits } = start();
  traits.move("threshold", 0.1);
  traits.move("threshold", 0.3);
  traits.flush();
  assert.deepEqual(model.saved.at(-1), { threshold: 0.3 });
});

test("the end of the model writes what is waiting and leaves no listener", () => {
  const { model, ending, traits } = start();
  traits.move("threshold", 0.1);
  traits.move("threshold", 0.9);
  ending.abort();
  assert.deepEqual(model.saved.at(-1), { threshold: 0.9 });
  assert.equal(model.listening, 0);
});
