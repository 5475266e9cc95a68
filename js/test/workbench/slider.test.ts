import assert from "node:assert/strict";
import { test } from "node:test";
import { stopForKey } from "../../src/workbench/views/ThresholdSlider.tsx";

test("keys lead from stop to stop, and back onto the stops from between them", () => {
  const stops = Float64Array.of(0, 0.25, 0.5, 0.75, 1);
  assert.equal(stopForKey("ArrowRight", stops, 0.5), 0.75);
  assert.equal(stopForKey("ArrowLeft", stops, 0.5), 0.25);
  assert.equal(stopForKey("ArrowRight", stops, 0.3), 0.5);
  assert.equal(stopForKey("ArrowLeft", stops, 0.3), 0.25);
  assert.equal(stopForKey("ArrowRight", stops, 1), 1);
  assert.equal(stopForKey("PageUp", stops, 0.5), 0.75);
  assert.equal(stopForKey("Home", stops, 0.5), 0);
  assert.equal(stopForKey("End", stops, 0.5), 1);
  assert.equal(stopForKey("a", stops, 0.5), null);
});
