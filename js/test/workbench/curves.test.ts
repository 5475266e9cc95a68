import assert from "node:assert/strict";
import { test } from "node:test";
import { tabForKey } from "../../src/workbench/views/Curves.tsx";
import { inSlot } from "../../src/workbench/views/slots.ts";

test("the curves stand in the order of their numbers, the ROC first and the scores last", () => {
  const ids = inSlot("curves").map((panel) => panel.id);
  assert.deepEqual([ids.at(0), ids.at(-1)], ["roc", "histogram"]);
});

test("arrow keys go round the tabs, Home and End to the ends", () => {
  const from = (key: string) => [0, 1, 2].map((at) => tabForKey(key, at, 3));
  assert.deepEqual(from("ArrowRight"), [1, 2, 0]);
  assert.deepEqual(from("ArrowLeft"), [2, 0, 1]);
  assert.deepEqual([tabForKey("Home", 2, 3), tabForKey("End", 0, 3), tabForKey("a", 0, 3)], [0, 2, null]);
});
