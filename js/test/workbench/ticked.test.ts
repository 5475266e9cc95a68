/** Which way a ticked concept's curve is drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tickedNext } from "../../src/workbench/views/ticked.tsx";

test("a ticked concept keeps its way of being drawn while others come and go", () => {
  const one = tickedNext([], "cat");
  const two = tickedNext(one, "dog");
  assert.deepEqual(two, ["cat", "dog", "", ""]);
  assert.deepEqual(tickedNext(two, "cat"), ["", "dog", "", ""]);
  assert.deepEqual(tickedNext(tickedNext(two, "cat"), "owl"), ["owl", "dog", "", ""]);
});

test("where every way is taken the last one's concept gives way", () => {
  const full = ["a", "b", "c", "d"].reduce<string[]>(tickedNext, []);
  assert.deepEqual(tickedNext(full, "e"), ["a", "b", "c", "e"]);
});
