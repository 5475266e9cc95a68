import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, isolated, roughly, threshold, when } from "../../src/parts/format.ts";

test("a name written from right to left is set apart, so that figures behind it stay behind it", () => {
  assert.equal(isolated("cat 12"), "cat 12");
  for (const name of ["\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd 12"]) {
    assert.equal(isolated(name), `\u2066${name}\u2069`);
  }
});

test("the threshold shown means the same counts as the threshold held", () => {
  assert.equal(threshold(0.5), "0.50");
  for (const t of [0.1, 0.123456789, 0.987654321, 1e-7]) {
    const single = Math.fround(t);
    assert.equal(Math.fround(Number(threshold(single, "float32"))), single);
  }
  for (const t of [0.1 + 0.2, 1 / 3, 0.123456789012345, 0.9999999999999999, 1e-7 / 3, 5e-324]) {
    assert.equal(Number(threshold(t)), t);
  }
  assert.deepEqual(
    [threshold(0.30000001192092896, "float32"), threshold(0.30000001192092896)],
    ["0.30", "0.30000001192092896"],
  );
});

test("a training date is told relative to now; an unknown one is null", () => {
  const now = Date.parse("2025-01-01T12:00:00Z");
  assert.match(when("2025-01-01T11:58:00Z", now)?.relative ?? "", /2/);
  assert.equal(when("", now), null);
});

test("a time is told in the unit that fits", () => {
  assert.deepEqual([duration(0.2), duration(42), duration(200), duration(9000)], ["1 s", "42 s", "3 min", "3 h"]);
});

test("a threshold in a sentence has three digits that count", () => {
  assert.deepEqual([0.5, 0.3, 0.96210426, 0.06450717, 0.000123456, 1].map(roughly), [
    "0.50",
    "0.30",
    "0.962",
    "0.0645",
    "0.000123",
    "1.00",
  ]);
});
