import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { encodeEvaluation, encodeHistogram } from "../../dev/fixture.ts";
import { type Baked, FileHost } from "../../src/host/file.ts";
import { questionKey, RequestError } from "../../src/host/host.ts";
import { Session } from "../../src/shell/session.ts";
import { bandRefused } from "../../src/workbench/views/layers.ts";
import { scored, settled } from "../start.ts";

// No clock outlives its test.
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const base64 = (bytes: DataView | Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

const question = { panel: "histogram", run: "run-1", revision: 1, params: { concept: "cat" } };
const baked: Baked = {
  state: { workbench_only: true, threshold: 0.25, concept: "cat" },
  results: base64(encodeEvaluation(scored)),
  payloads: [{ ...question, data: base64(encodeHistogram(scored, "cat")) }],
};

function open() {
  const host = new FileHost(baked);
  return { host, session: new Session(host, new AbortController().signal) };
}

test("of a concept whose band is not in the file, the key of bands says that it takes Python", async () => {
  const { session } = open();
  const of = { panel: "bands", run: "run-1", revision: 1, params: { concept: "dog" } } as const;
  const asked = { action: "panel", ...of } as const;
  session.workbench.demand.want(asked);
  await settled();
  const supply = session.workbench.demand.supply(asked).value;
  assert.match(bandRefused(supply), /^Not in this file: It takes Python/);
  assert.equal(bandRefused({ ...supply, failure: null }), "");
});

test("a file shows its evaluation at its threshold, and follows the slider", () => {
  const { workbench } = open().session;
  assert.equal(workbench.evaluation.value?.run, "run-1");
  assert.equal(workbench.gone.value, false);
  const before = workbench.point.value?.tp;
  workbench.setThreshold(0.9);
  assert.equal(workbench.threshold.value, 0.9);
  assert.notEqual(workbench.point.value?.tp, before);
});

test("two views of one file stay in step through its host", () => {
  const { host, session } = open();
  const other = new Session(host, new AbortController().signal);
  session.workbench.setConcept("dog");
  assert.equal(other.workbench.conceptIndex.value, 1);
});

test("a panel's question that was baked in is answered, any other says that it is not in the file", async () => {
  const { demand } = open().session.workbench;
  const asked = { ...question, action: "panel", panel: "histogram" } as const;
  demand.want(asked);
  await settled();
  assert.equal(demand.supply(asked).value.section?.head.num_pos, scored.cat.labels.filter(Boolean).length);
  const other = { ...asked, params: { concept: "dog" } };
  demand.want(other);
  await settled();
  assert.match(demand.supply(other).value.failure?.title ?? "", /Not in this file/);
});

test("what takes a kernel is refused", async () => {
  const { host } = open();
  await assert.rejects(host.request({ action: "refresh" }), RequestError);
});

test("a question is the same in whatever order its parameters stand", () => {
  const key = (params: Record<string, unknown>) => questionKey({ ...question, params });
  assert.equal(key({ a: 1, b: 2 }), key({ b: 2, a: 1 }));
  assert.notEqual(key({ a: 1 }), key({ a: 2 }));
});

test("a threshold between two stops goes to the nearest, where nobody can count in between", () => {
  const { workbench } = open().session;
  const stops = workbench.evaluation.value?.stops ?? new Float64Array();
  workbench.setThreshold(0.512345678);
  assert.ok(stops.includes(workbench.threshold.value));
  assert.notEqual(workbench.point.value, null);
});
