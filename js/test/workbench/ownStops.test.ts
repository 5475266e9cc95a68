import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { countsAt, encodeEvaluation, type Scored } from "../../dev/fixture.ts";
import { pack } from "../../src/wire/payload.ts";
import { thresholdForKey } from "../../src/workbench/views/ThresholdSlider.tsx";
import type { Workbench } from "../../src/workbench/workbench.ts";
import { settled, start } from "../start.ts";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

// All that tells the rare concept's inputs apart lies below the first hundredth.
const rare: Scored = {
  labels: Array.from({ length: 400 }, (_, i) => i % 2 === 0),
  scores: Array.from({ length: 400 }, (_, i) => Math.fround((i + (i % 2 === 0 ? 150 : 1)) * 1e-6)),
};
const plain: Scored = {
  labels: rare.labels,
  scores: rare.labels.map((label, i) => Math.fround(label ? 0.8 : i / 800)),
};
const results = encodeEvaluation(
  { rare, plain },
  {
    stops: 101,
    change: (sections) => {
      sections.evaluation.head.unserved = [0];
      return sections;
    },
  },
);

/** Shows the concept, and answers what is asked for its stops. */
async function shown(concept: string, state: Record<string, unknown> = {}, answered = true) {
  const started = start({ results, concept, ...state });
  const asked = started.model.sent.find(({ panel }) => panel === "stops");
  if (asked && answered) {
    const stops = [...new Set([0, ...rare.scores, 0.01, 0.5, 0.8, 1])].sort((a, b) => a - b);
    const [tps, fps] = (["tp", "fp"] as const).map((name) => stops.map((t) => countsAt(rare, t)[name]));
    const arrays = {
      stops: Float64Array.from(stops),
      tps: Uint32Array.from(tps as number[]),
      fps: Uint32Array.from(fps as number[]),
    };
    started.model.reply({ id: asked.id, ok: true }, [pack("run-1", 1, { stops: { head: { concept }, arrays } })]);
    await settled();
  }
  return { ...started, asked };
}

/** How far recall moves at most from one press of an arrow key to the next, all the way up. */
function furthestPress({ along, point, setThreshold, threshold }: Workbench, workbench: Workbench): number {
  setThreshold.call(workbench, 0);
  let [last, most] = [point.value?.recall ?? Number.NaN, 0];
  for (let presses = 0; presses < 1000; presses++) {
    const of = along.value;
    const next = of && thresholdForKey("ArrowRight", of.data, of.k, threshold.value);
    if (next === null || next === threshold.value) return most;
    setThreshold.call(workbench, next);
    const recall = point.value?.recall ?? Number.NaN;
    most = Math.max(most, Math.abs(recall - last));
    last = recall;
  }
  throw new Error("The keys lead nowhere.");
}

test("an arrow key moves the recall of a concept that the common stops do not serve by little", async () => {
  const before = await shown("rare", {}, false);
  assert.ok(furthestPress(before.workbench, before.workbench) > 0.9);
  const { workbench } = await shown("rare");
  assert.ok(furthestPress(workbench, workbench) <= 0.01);
});

test("the sweep of such a concept is drawn at its own stops", async () => {
  const recall = (await shown("rare")).workbench.sweep.value?.recall ?? new Float64Array();
  assert.ok(recall.every((value, i) => i === 0 || Math.abs(value - (recall[i - 1] as number)) <= 0.01));
});

test("at a stop of its own the concept is counted at once, and no other concept is made up", async () => {
  const { workbench } = await shown("rare");
  const at = rare.scores[200] as number;
  workbench.setThreshold(at);
  assert.equal(workbench.point.value?.tp, countsAt(rare, at).tp);
  assert.equal(workbench.pointOf(1), null);
  assert.equal(workbench.pointOf(2), null);
});

test("a concept that the common stops serve asks for none, nor does the macro average", async () => {
  assert.equal((await shown("plain")).asked, undefined);
  assert.equal((await shown("")).asked, undefined);
});

test("stops of an older state are not those of a newer one", async () => {
  const { model, workbench } = await shown("rare");
  const many = workbench.along.value?.data.stops.length ?? 0;
  assert.ok(many > 200);
  const change: Parameters<typeof encodeEvaluation>[1] = {
    stops: 101,
    revision: 2,
    change: (sections) => {
      sections.evaluation.head.unserved = [0];
      return sections;
    },
  };
  model.receive({ results: encodeEvaluation({ rare, plain }, change) });
  assert.ok((workbench.along.value?.data.stops.length ?? many) < many);
});
