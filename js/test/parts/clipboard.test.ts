import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { copied } from "../../src/parts/clipboard.ts";

const own = Object.getOwnPropertyDescriptor(globalThis, "navigator"); // Node 20 has none
const withClipboard = (clipboard: unknown) =>
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });

afterEach(() => {
  if (own) Object.defineProperty(globalThis, "navigator", own);
  else Reflect.deleteProperty(globalThis, "navigator");
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
