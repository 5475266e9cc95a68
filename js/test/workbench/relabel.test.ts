import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changeSentence,
  relabelSentence,
  writtenOf,
  writtenSentence,
} from "../../src/workbench/panels/relabel/sentences.ts";
import { start } from "../start.ts";

test("a mark is made, changed and taken off, and Python hears of each", () => {
  const { workbench, model } = start();
  workbench.relabel("input 3", ["cat"]);
  workbench.relabel("constructor", []);
  assert.deepEqual(workbench.proposed("input 3"), ["cat"]);
  assert.deepEqual(workbench.proposed("constructor"), [], "no label at all is a proposal, too");
  assert.equal(workbench.proposed("toString"), null);
  workbench.relabel("input 3", ["dog", "cat"]);
  workbench.relabel("constructor", null);
  assert.deepEqual(model.get("relabels"), { "input 3": ["dog", "cat"] });
  assert.deepEqual(model.saved.at(-1), { relabels: { "input 3": ["dog", "cat"] } });
});

test("what the marks change is said, and that some are of other inputs", () => {
  const head = { changed: 2, unchanged: 1, elsewhere: 1, before: 0.8731, after: 0.881, changes: [], home: "" };
  assert.match(relabelSentence(0, null), /^Press “mislabelled\?”/);
  assert.equal(relabelSentence(3, null), "3 inputs marked.");
  assert.equal(
    relabelSentence(4, head),
    "2 inputs with other labels: macro ROC AUC 0.873 as labelled, 0.881 as proposed. " +
      "1 mark of inputs that have these labels already. 1 mark of inputs that this evaluation lacks.",
  );
});

test("what would be written says input by input what it is and is not, by name", () => {
  const names = new Map([["es", "Spanish"]]);
  assert.equal(
    changeSentence({ input_id: "i7", added: ["es"], removed: ["en", "de"] }, names),
    "i7: is Spanish; is not en, de",
  );
  assert.equal(changeSentence({ input_id: "i7", added: [], removed: ["es"] }, names), "i7: is not Spanish");
});

test("what came of writing counts those written and those that failed", () => {
  const written = { run: "r", busy: false, inputs: ["a"], refused: ["b: unknown"], failure: null };
  assert.match(writtenSentence(written), /^Labels of 1 input written, 1 input failed\. A new version of the dataset/);
  assert.equal(writtenSentence({ ...written, inputs: [], refused: [] }), "Nothing was written.");
  assert.equal(writtenSentence({ ...written, busy: true }), "Writing…");
});

test("what came of writing one run's labels is not told beside another's, but that something is being written is", () => {
  const written = { run: "r", busy: false, inputs: ["a"], refused: [], failure: null };
  assert.equal(writtenOf(written, "r"), written);
  assert.equal(writtenOf(written, "another"), null);
  assert.equal(writtenOf({ ...written, busy: true }, "another")?.busy, true);
  assert.equal(writtenOf(null, "r"), null);
});
