import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { type Payload, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { type Inputs, itemsOf, pagesOf } from "../../src/workbench/panels/inputs/items.ts";
import { inputsParams, listed, sortOf, turnTo, unavailable } from "../../src/workbench/panels/inputs/params.ts";
import {
  figureSentence,
  labelSentence,
  listSentence,
  pageSentence,
} from "../../src/workbench/panels/inputs/sentences.ts";
import { WIRE } from "../fromPage.ts";
import { start } from "../start.ts";

const bytes = (name: string) => readFileSync(`${WIRE}/${name}.bin`);
const section = (name: string) => (unpack(bytes(name)) as Payload).section("inputs") as Inputs;
const data = readEvaluation(bytes("co_labelled")) as Evaluation;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("every input of a page has its labels, and its scores from the highest down with the labels marked", () => {
  const shown = section("inputs_cell");
  const items = itemsOf(shown);
  assert.equal(items.length, shown.head.total);
  assert.ok(items.length > 0);
  for (const item of items) {
    assert.ok(item.labels.includes(1) && !item.labels.includes(0), "false positives of a that are labelled b");
    const scores = item.bars.map(({ score }) => score);
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
    assert.deepEqual(
      item.bars
        .filter(({ own }) => own)
        .map(({ concept }) => concept)
        .sort(),
      [...item.labels],
    );
    assert.match(figureSentence(item), /^margin -?0\.\d{3} · loss \d+\.\d{3}$/);
    assert.equal(labelSentence(item, data), "b");
  }
  assert.equal(
    listSentence(shown, data),
    `${items.length} inputs labelled b that score 0.25 or more for a and are not labelled a.`,
  );
});

test("images are cut out of the bytes they came in, wherever each begins", () => {
  const none = section("inputs_none");
  const images = new Uint32Array(new Uint8Array([9, 9, 9, 9, 1, 2, 3, 4, 5, 0, 0, 0, 7, 0, 0, 0]).buffer, 4);
  const arrays = {
    ...none.arrays,
    label_offsets: Uint32Array.of(0, 0, 0, 0),
    bar_offsets: Uint32Array.of(0, 0, 0, 0),
    margins: Float64Array.of(0, 0, 0),
    losses: Float64Array.of(0, 0, 0),
    folds: Uint32Array.of(1, 2, 3),
    images,
    image_sizes: Uint32Array.of(5, 0, 1),
  };
  const items = itemsOf({ head: { ...none.head, ids: ["a", "b", "c"], texts: [null, "t", null] }, arrays });
  assert.deepEqual(
    items.map(({ image }) => image && [...image]),
    [[1, 2, 3, 4, 5], null, [7]],
  );
  assert.equal(items[1]?.text, "t");
  assert.equal(labelSentence(items[0] as never, data), "no label");
  assert.match(figureSentence(items[2] as never), /· fold 3$/);
});

test("what was clicked is listed, and without a click the errors of the chosen concept at its threshold", () => {
  const { workbench } = start({ concept: "dog", thresholds: { dog: 0.25 } });
  assert.deepEqual(inputsParams(workbench), {
    concept: "dog",
    outcome: "fp",
    labelled: null,
    threshold: 0.25,
    against: null,
    sort: "margin",
    page: 0,
    large: null,
  });
  workbench.select({ concept: "cat", outcome: "fp", labelled: "dog", given: "highest" });
  assert.ok(workbench.opened.value.has("inputs"));
  const { concept, labelled, threshold } = inputsParams(workbench);
  assert.deepEqual([concept, labelled, threshold], ["cat", "dog", null]);
  workbench.select({ concept: "of another evaluation", outcome: "fp", labelled: null, given: "threshold" });
  assert.equal(listed(workbench).concept, "dog");
});

test("the macro average has no inputs of its own", () => {
  const { workbench } = start();
  assert.equal(inputsParams(workbench).concept, null);
  assert.match(listSentence(section("inputs_none"), data), /^Choose a concept, or click a cell/);
});

test("another list begins at its first page, and the same list stays where it was", () => {
  const { workbench } = start({ concept: "dog" });
  turnTo(workbench, 3);
  assert.equal(inputsParams(workbench).page, 3);
  sortOf(workbench).value = "loss";
  assert.equal(inputsParams(workbench).page, 0);
  sortOf(workbench).value = "margin";
  assert.equal(inputsParams(workbench).page, 3);
  workbench.select({ concept: "cat", outcome: "tp", labelled: null, given: "threshold" });
  assert.equal(inputsParams(workbench).page, 0);
});

test("a page says which of how many it holds, and each kind of list what it is", () => {
  const { head, arrays } = section("inputs_cell");
  const of = (change: Partial<Inputs["head"]>): Inputs => ({ head: { ...head, ...change }, arrays });
  const ids = head.ids.slice(0, 1);
  assert.equal(pageSentence(of({ total: 61, page: 2, ids })), "51–51 of 61");
  assert.equal(pageSentence(of({ total: 0 })), "None");
  assert.deepEqual([pagesOf(of({ total: 61 })), pagesOf(of({ total: 0 })), pagesOf(of({ total: 50 }))], [3, 1, 2]);
  const said = (change: Partial<Inputs["head"]>) => listSentence(of({ total: 1, labelled: null, ...change }), data);
  assert.equal(said({ outcome: "fn" }), "1 input labelled a that score below 0.25 for it.");
  assert.equal(said({ outcome: "tp" }), "1 input labelled a that score 0.25 or more for it.");
  assert.equal(said({ threshold: null }), "1 input that score highest for a and are not labelled a.");
  assert.equal(unavailable(data), "");
  assert.match(unavailable({ ...data, has_counts: false }), /no inputs to list/);
});
