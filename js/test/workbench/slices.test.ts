/** What is said of slices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { foundSentence, type Slices } from "../../src/workbench/panels/slices/sentences.ts";

const sliced = (without: number) =>
  ({ head: { fields: ["camera"], by: "camera", values: ["day", "night"], without } }) as Slices;

test("within a part that leaves nothing to slice by it is said how to slice again, not that there are no folds", () => {
  const none = { head: { fields: [], by: "", values: [], without: 0 } } as unknown as Slices;
  const said = foundSentence(none, "camera night: 20 inputs");
  assert.match(said, /^Shown is one part already.*show all inputs to slice again\.$/);
  assert.doesNotMatch(said, /folds/);
  assert.match(foundSentence(none, ""), /neither folds nor metadata/);
});

test("inputs without a value are counted beside the slices", () => {
  assert.equal(foundSentence(sliced(0), ""), "2 slices by camera.");
  assert.equal(foundSentence(sliced(1), ""), "2 slices by camera. 1 input without camera is in none.");
  assert.equal(foundSentence(sliced(7), ""), "2 slices by camera. 7 inputs without camera are in none.");
});
