import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation } from "../../dev/fixture.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import {
  briefThreshold,
  everyScore,
  nextChange,
  shownThreshold,
  thresholdText,
  typedThreshold,
} from "../../src/workbench/thresholds.ts";
import { readingText } from "../../src/workbench/views/reading.ts";
import { thresholdForKey } from "../../src/workbench/views/ThresholdSlider.tsx";

// Concept a changes at 0.2 and 0.6 only, b at 0.4 only; the stops are the hundredths and the scores.
const data = readEvaluation(
  encodeEvaluation({
    a: { labels: [true, false, true], scores: [0.2, 0.6, 0.6].map(Math.fround) },
    b: { labels: [true, false, false], scores: [0.4, 0.4, 0.4].map(Math.fround) },
  }),
) as Evaluation;
const [low, middle, high] = [0.2, 0.4, 0.6].map(Math.fround) as [number, number, number];

test("an arrow key goes to the next stop at which the counts of the chosen concept change", () => {
  assert.equal(nextChange(data, 0, 0, 1), high);
  assert.equal(nextChange(data, 0, low, 1), high);
  assert.equal(nextChange(data, 0, high, -1), low);
  assert.equal(nextChange(data, 1, 0, 1), 1);
  assert.equal(nextChange(data, 1, 1, -1), middle);
});

test("in a narrow column a threshold is cut to its room, with a mark, never rounded up or to nothing", () => {
  const texts = ["0.50", "0.1234", "0.12349999", "0.99999999", "1.00", "0.00001234"];
  assert.deepEqual(texts.map(briefThreshold), ["0.50", "0.1234", "0.123…", "0.999…", "1.00", "~1e-5"]);
});

test("of the macro average it goes where any concept changes", () => {
  assert.equal(nextChange(data, 2, high, -1), middle);
  assert.equal(nextChange(data, 2, middle, -1), low);
  assert.equal(nextChange(data, 2, low, 1), middle);
});

test("from between two stops it goes to a stop, and where nothing follows to the last", () => {
  assert.equal(nextChange(data, 0, 0.1234, 1), high);
  assert.equal(nextChange(data, 0, 0.4321, -1), low);
  assert.equal(nextChange(data, 0, low, -1), 0);
  assert.equal(nextChange(data, 0, 1, 1), 1);
});

test("page keys go a tenth, Home and End to the ends, and other keys nowhere", () => {
  const from = (key: string) => thresholdForKey(key, data, 0, 0.5);
  assert.deepEqual(["PageUp", "PageDown", "Home", "End"].map(from), [0.6, 0.4, 0, 1]);
  assert.deepEqual([from("a"), from("Tab")], [null, null]);
});

test("a threshold is written in as few decimals as tell it from the stop below, and never above what it is", () => {
  const stops = Float64Array.of(0, 0.0641, Math.fround(0.06450717), 0.29, 0.5, 1);
  const text = (t: number) => thresholdText(t, stops, "float32");
  assert.equal(text(stops[2] as number), "0.0645");
  assert.deepEqual([text(0.29), text(0.5), text(0), text(1)], ["0.29", "0.50", "0.00", "1.00"]);
  for (const t of stops) assert.ok(Number(text(t)) <= t);
});

test("where the digits count they are shown, and a threshold that is no stop has all of them", () => {
  const stops = Float64Array.of(0, 0.0645071, 0.0645072, 1);
  assert.equal(thresholdText(0.0645072, stops, "float64"), "0.0645072");
  assert.equal(thresholdText(0.1234567, stops, "float64"), "0.1234567");
  assert.equal(thresholdText(1 / 3, stops, "float64"), "0.3333333333333333");
  assert.equal(thresholdText(0.125, stops, "float64"), "0.125");
  assert.equal(thresholdText(0.06450711, stops, "float64"), "0.06450711");
});

test("what is typed is a threshold when it is a number from 0 to 1, with a point or a comma", () => {
  assert.deepEqual(["0.3", " 0,3 ", "1", "0", ".5"].map(typedThreshold), [0.3, 0.3, 1, 0, 0.5]);
  assert.deepEqual(["", "1.2", "-0.1", "half", "0.3.1"].map(typedThreshold), [null, null, null, null, null]);
});

test("where scores lie between the stops a threshold is spoken in full, so that what is heard counts what is shown", () => {
  const stops = Float64Array.of(0, 0.1, 0.2345678, 1);
  const said = (k: number, thinned: number[]) =>
    thresholdText(0.2345678, everyScore({ ...data, thinned }, k, stops), "float64");
  assert.equal(said(0, []), "0.23");
  assert.equal(said(0, [0]), "0.2345678", "a score of 0.232 would be counted at 0.23, and not at the stop");
  assert.equal(said(1, [0]), "0.23");
  assert.equal(said(2, [0]), "0.2345678", "of the macro average every concept counts");
  assert.equal(thresholdText(0.1, everyScore({ ...data, thinned: [0] }, 0, stops), "float64"), "0.10");
});

test("a threshold is shown in as few decimals as count the same, and in full where scores may lie between the stops", () => {
  const stop = Math.fround(0.06450717);
  const stops = Float64Array.of(0, 0.0641, stop, 1);
  const shown = { ...data, dtype: "float32", stops } as Evaluation;
  const all = shown.concepts.length;
  assert.equal(shownThreshold(shown, all, stop), "0.0645");
  const thinned = { ...shown, thinned: [1] };
  assert.deepEqual(
    [0, 1, all].map((k) => shownThreshold(thinned, k, stop)),
    ["0.0645", "0.06450717", "0.06450717"],
  );
  const rates = { tpr: stops, fpr: stops, precision: stops, f1: stops };
  const read = (of: Evaluation) => readingText({ ...of, has_counts: false, counts: null, rates } as never, 0, 2);
  assert.match(read(shown), /^Click: threshold 0\.0645\n/);
  assert.match(read(thinned), /^Click: threshold 0\.06450717\n/);
});
