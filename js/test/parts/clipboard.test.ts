import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { copied } from "../../src/parts/clipboard.ts";

// Node 20 has no navigator of its own.
const own = Object.getOwnPropertyDescriptor(globalThis, "navigator") ?? { value: undefined, configurable: true };
const withClipboard = (clipboard: unknown) =>
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });

afterEach(() => {
  Object.defineProperty(globalThis, "navigator", own);
});

test("the text itself is put on the clipboard", async () => {
  const written: string[] = [];
  withClipboard({ writeText: async (text: string) => void written.push(text) });
  assert.equal(await copied("thresholds = {}"), true);
  assert.deepEqual(written, ["thresholds = {}"]);
});

test("where the browser forbids it, or has no clipboard, that is told", async () => {
  withClipboard({ writeText: () => Promise.reject(new Error("forbidden")) });
  assert.equal(await copied("text"), false);
  withClipboard(undefined);
  assert.equal(await copied("text"), false);
});
