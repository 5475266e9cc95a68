import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, encodeHistogram } from "../../dev/fixture.ts";
import { type Payload, type Section, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { bars, binOf, middleBin, shares } from "../../src/workbench/panels/histogram/bins.ts";
import { unavailable } from "../../src/workbench/panels/histogram/index.tsx";
import { histogramSentence, subject } from "../../src/workbench/panels/histogram/sentences.ts";
import { scored } from "../start.ts";

const data = readEvaluation(encodeEvaluation(scored)) as Evaluation;
const section = (concept: string | null) =>
  (unpack(encodeHistogram(scored, concept)) as Payload).section("histogram") as Section<"histogram">;
const small: Section<"histogram"> = {
  head: { concept: "cat", num_pos: 4, num_neg: 10 },
  arrays: {
    edges: Float64Array.of(0, 0.5, 1),
    positives: Uint32Array.of(1, 3),
    negatives: Uint32Array.of(10, 0),
  },
};

test("positives stand up and negatives hang down, each as shares of its class on one scale", () => {
  const { positives, negatives, yTicks } = bars(small);
  assert.equal(positives, "M0,0.5V0.625H0.5V0.875H1V0.5Z");
  assert.equal(negatives, "M0,0.5V0H0.5V0.5H1V0.5Z");
  assert.deepEqual(
    yTicks.map(({ at, text }) => [at, text]),
    [
      [0.5, "0"],
      [0.75, "50 %"],
      [0.25, "50 %"],
      [1, "100 %"],
      [0, "100 %"],
    ],
  );
});

test("a class without inputs has no share, and no middle", () => {
  assert.deepEqual(shares(Uint32Array.of(0, 0), 0), [0, 0]);
  assert.equal(middleBin(small.arrays.edges, Uint32Array.of(0, 0)), null);
  const none = {
    ...small,
    head: { ...small.head, num_pos: 0 },
    arrays: { ...small.arrays, positives: new Uint32Array(2) },
  };
  assert.match(histogramSentence(none, data, 0.5), /No positives\. 10 negatives, half of them below 0\.50\./);
});

test("the middle of a class is in the bin where half of it has been seen", () => {
  assert.deepEqual(middleBin(small.arrays.edges, small.arrays.positives), [0.5, 1]);
  assert.deepEqual(middleBin(small.arrays.edges, small.arrays.negatives), [0, 0.5]);
});

test("a histogram says whose scores it counts, and where the threshold is", () => {
  assert.match(
    histogramSentence(section("dog"), data, 0.5),
    /^Scores of dog: \d+ positives, .* The threshold is 0\.50\.$/,
  );
  assert.equal(subject(section(null), data), "all 2 concepts, pooled");
});

test("rates without scores have no histogram, and say so instead of asking", () => {
  assert.equal(unavailable(data), "");
  assert.match(unavailable({ ...data, has_counts: false }), /no scores/);
});

test("the bin at a threshold holds its lower end, and the last one has no end", () => {
  assert.deepEqual(binOf(small, 0.49), { low: 0, high: 0.5, positives: 1, negatives: 10 });
  assert.deepEqual(binOf(small, 0.5), { low: 0.5, high: null, positives: 3, negatives: 0 });
  assert.deepEqual(binOf(small, 1), { low: 0.5, high: null, positives: 3, negatives: 0 });
});
