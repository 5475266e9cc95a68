import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, LINE, matching, moved, type Option, scrolledTo } from "../../src/parts/choosing.ts";

const options: Option[] = [
  { value: "new", text: "A new one…", always: true },
  { value: "a", text: "Reviews", detail: "this app · 300 inputs" },
  { value: "b", text: "Offers", detail: "app market · 20 inputs" },
  { value: "c", text: "Old offers", detail: "app market", off: "not ready" },
];
const values = (found: readonly Option[]) => found.map(({ value }) => value);

test("every word typed is looked for in text and detail, and some options stay whatever is typed", () => {
  assert.deepEqual(values(matching(options, " ")), ["new", "a", "b", "c"]);
  assert.deepEqual(values(matching(options, "OFFERS")), ["new", "b", "c"]);
  assert.deepEqual(values(matching(options, "market old")), ["new", "c"]);
  assert.deepEqual(values(matching(options, "300")), ["new", "a"]);
});

test("of ten thousand lines only those in view and a few around them are drawn", () => {
  const { from, to } = drawn(5000 * LINE, 10 * LINE, 10_000);
  assert.ok(from <= 5000 && to >= 5010 && to - from < 25, `${from} to ${to}`);
  assert.deepEqual(drawn(0, 10 * LINE, 3), { from: 0, to: 3 });
});

test("a line out of view is scrolled to, one in view is left where it is", () => {
  assert.equal(scrolledTo(2, 5 * LINE, 10 * LINE), 2 * LINE);
  assert.equal(scrolledTo(7, 5 * LINE, 10 * LINE), 5 * LINE);
  assert.equal(scrolledTo(20, 5 * LINE, 10 * LINE), 11 * LINE);
});

test("keys move within the options", () => {
  assert.deepEqual(
    ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "x"].map((key) => moved(key, 1, 5)),
    [2, 0, 4, 0, null],
  );
});
