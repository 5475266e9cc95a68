import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import type { HeadlinePart } from "../../src/wire/contract.generated.ts";
import { type Payload, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { behind, behindSentence, type Figure, leadSentence, type Selected } from "../../src/workbench/outcomes.ts";
import { type Inputs, itemsOf, pagesOf } from "../../src/workbench/panels/inputs/items.ts";
import { inputsParams, listed, sortOf, turnTo, unavailable } from "../../src/workbench/panels/inputs/params.ts";
import { namesOf, proposal } from "../../src/workbench/panels/inputs/proposal.ts";
import {
  figureSentence,
  labelSentence,
  listSentence,
  outcomeMark,
  pageSentence,
} from "../../src/workbench/panels/inputs/sentences.ts";
import { conceptName } from "../../src/workbench/sentences.ts";
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
    assert.match(figureSentence(item), /^margin\u00a0−?0\.\d{3} · loss\u00a0\d+\.\d{3}$/);
    assert.equal(labelSentence(item, data), "b");
  }
  assert.equal(
    listSentence(shown, data),
    `${items.length} inputs labelled b that score 0.25 or more for a and are not labelled a.`,
  );
});

test("of a cell of the matrix it is said which two concepts its inputs are of", () => {
  const shown = section("inputs_cell");
  const said = (head: Partial<Inputs["head"]>) =>
    listSentence({ ...shown, head: { ...shown.head, total: 3, concept: "a", labelled: "b", ...head } }, data);
  assert.equal(said({ outcome: "tp" }), "3 inputs labelled a and b that score 0.25 or more for a.");
  assert.equal(said({ outcome: "labelled" }), "3 inputs labelled a and b.");
  assert.equal(said({ outcome: "labelled", labelled: null }), "3 inputs labelled a.");
  const first = (of: string) => `, those first whose score for ${of} is farthest from the label.`;
  assert.equal(said({ outcome: "scored" }), `3 inputs labelled b with a score for a${first("a")}`);
  assert.equal(said({ outcome: "scored", labelled: "a" }), `3 inputs labelled a with a score for it${first("it")}`);
  assert.equal(said({ outcome: "scored", sort: "score" }), "3 inputs labelled b with a score for a.");
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

test("of the macro average the inputs with a wrong decision are listed, as of a concept", () => {
  const { workbench } = start();
  const { concept, outcome } = inputsParams(workbench);
  assert.deepEqual([concept, outcome], [null, "fp"]);
  assert.match(
    listSentence(section("inputs_none"), data),
    /with at least one false positive, each concept at its threshold\.$/,
  );
});

test("a figure asks for the inputs behind it at its concept's threshold, a ranking at none, and all concepts each at its own", () => {
  const { workbench } = start({ concept: "dog", threshold: 0.5, thresholds: { dog: 0.25 } });
  const asked = (figure: Figure, concept: string | null, also: Partial<Selected> = {}) => {
    workbench.select({ ...behind(concept, figure), ...also });
    const { outcome, threshold, own, low, high, by, value } = inputsParams(workbench);
    return { outcome, threshold, own, low, high, by, value };
  };
  const plain = { own: undefined, low: undefined, high: undefined, by: undefined, value: undefined };
  assert.deepEqual(asked("f1", "dog"), { ...plain, outcome: "errors", threshold: 0.25 });
  assert.deepEqual(asked("precision", "cat"), { ...plain, outcome: "fp", threshold: 0.5 });
  assert.deepEqual(asked("roc_auc", "dog"), { ...plain, outcome: "roc_auc", threshold: null });
  assert.deepEqual(asked("recall", null), { ...plain, outcome: "fn", threshold: 0.5, own: { dog: 0.25 } });
  assert.deepEqual(asked("avg_precision", null), { ...plain, outcome: "avg_precision", threshold: null });
  assert.deepEqual(asked("num_pos", "dog", { low: 0.5, high: null, by: "fold", value: "2" }), {
    ...{ outcome: "num_pos", threshold: 0.25, own: undefined, low: 0.5, high: null, by: "fold", value: "2" },
  });
  assert.equal(behindSentence("f1", "dog"), "Show the false positives and negatives of dog");
  assert.equal(behindSentence("roc_auc", "dog"), "Show the inputs that lower the ROC AUC of dog");
  const part = { text: "", emphasis: false, concept: null, panel: "", interval: false };
  const lead = (inputs: HeadlinePart["inputs"], interval = false) =>
    leadSentence({ ...part, inputs, interval }, (id) => `<${id}>`);
  const of = { concept: "a", outcome: "roc_auc", labelled: null, given: "threshold" } as const;
  assert.equal(lead(null), "");
  assert.equal(lead({ ...of, concept: null, outcome: "all" }), "Show all the inputs behind it");
  assert.equal(lead({ ...of, outcome: "num_pos" }), "Show the positives of <a>");
  assert.equal(
    lead({ ...of, outcome: "fp", labelled: "b" }),
    "Show the inputs labelled <b> that score highest for <a>",
  );
  assert.equal(
    lead(of, true),
    "The ends of an interval have no inputs of their own. Show the inputs that lower the ROC AUC of <a>",
  );
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

/** An input of golden data with these labels; its bars are of all concepts, the highest first. */
const scoring = (labels: number[], order: number[]) =>
  ({
    id: "i",
    labels,
    bars: order.map((concept, at) => ({ concept, score: 0.9 - at / 10, own: labels.includes(concept), other: null })),
  }) as unknown as Parameters<typeof proposal>[0];

test("of a mislabelled input the strongest other concept is proposed, and labels that nobody doubts stay", () => {
  const { head } = section("inputs_cell");
  const about = (concept: string | null) => ({ ...head, concept });
  const several: Evaluation = { ...data, inputs: 1 };
  const [a, b, c] = data.concepts.map(({ id }) => id) as [string, string, string];
  assert.deepEqual(proposal(scoring([0, 1], [2, 0, 1]), about(a), several), [b, c]);
  assert.deepEqual(proposal(scoring([0, 1], [0, 2, 1]), about(c), several), [a, b, c]);
  assert.deepEqual(proposal(scoring([0], [0, 1, 2]), about(null), several), [a, b]);
  // Each input has one label: another takes its place.
  assert.deepEqual(proposal(scoring([0], [0, 1, 2]), about(b), { ...data, inputs: 1e6 }), [b]);
  assert.deepEqual(proposal(scoring([0, 1, 2], [0, 1, 2]), about(a), several), [b, c]);
  assert.equal(namesOf([], data), "no label");
  assert.equal(namesOf([a, "of another model"], data), `${conceptName(data, 0)}, of another model`);
});

test("of all inputs each is said to be right or wrong", () => {
  const { head } = section("inputs_cell");
  const all = { ...head, outcome: "all" as const, concept: data.concepts[0]?.id ?? "", threshold: 0.85 };
  const mark = (labels: number[], order: number[], concept: string | null = all.concept) =>
    outcomeMark(scoring(labels, order), { ...all, concept }, data).text;
  assert.deepEqual(
    [mark([0], [0, 1]), mark([1], [0, 1]), mark([0], [1, 0]), mark([1], [1, 0])].map((one) => one[0]),
    ["✓", "✗", "✗", "✓"],
  );
  assert.deepEqual([mark([1], [1, 0], null), mark([0], [1, 0], null)], ["✓ right", "✗ wrong"]);
  // A score of 0.7 in float32 is below 0.7 in float64, and counted as positive at that threshold.
  const single = scoring([0], [0]);
  const bars = single.bars.map((bar) => ({ ...bar, score: Math.fround(0.7) }));
  const typed = (dtype: Evaluation["dtype"]) =>
    outcomeMark({ ...single, bars }, { ...all, threshold: 0.7 }, { ...data, dtype }).text;
  assert.deepEqual([typed("float32"), typed("float64")], ["✓ right", "✗ wrong"]);
  assert.match(listSentence({ head: all, arrays: section("inputs_cell").arrays }, data), /farthest from the label\.$/);
});

test("what lowers an area is too low where it is a positive, too high where it is none", () => {
  const { head } = section("inputs_cell");
  const ranked = { ...head, outcome: "roc_auc" as const, concept: data.concepts[0]?.id ?? "" };
  const marks = [scoring([0], [0, 1]), scoring([1], [0, 1])].map((item) => outcomeMark(item, ranked, data).text);
  assert.deepEqual(marks, ["✗ too low", "✗ too high"]);
  assert.equal(outcomeMark(scoring([0], [0]), { ...ranked, concept: null }, data).text, "✗ misranked");
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
  assert.equal(
    said({ outcome: "errors" }),
    "1 input labelled a that score below 0.25 for it, or not labelled so that score 0.25 or more for it.",
  );
  assert.equal(
    said({ outcome: "predicted", by: "fold", value: "2" }),
    "1 input that score 0.25 or more for a. Only of fold 2.",
  );
  assert.equal(
    said({ outcome: "num_pos", low: 0.25, high: 0.5 }),
    "1 input labelled a. Only with the score for a at least 0.25 and below 0.50.",
  );
  assert.equal(said({ outcome: "num_neg", low: 0, high: null }), "1 input not labelled a.");
  assert.match(
    said({ outcome: "roc_auc", lost: 0.0841 }),
    /^1 input that lower the ROC AUC of a from 1 by 0\.084: .* first\.$/,
  );
  const folds: Evaluation = { ...data, kind: "cross-validation", source: "test_set", folds: [1, 2] };
  const lost = (change: Partial<Inputs["head"]>) =>
    listSentence(of({ outcome: "roc_auc", lost: 0.0841, ...change }), folds);
  assert.match(lost({}), / from 1 by 0\.084, all folds together: /);
  assert.match(lost({ by: "fold", value: "2" }), / from 1 by 0\.084: .* Only of fold 2\.$/);
  assert.match(
    said({ outcome: "avg_precision", concept: null, sort: "score" }),
    /^1 input that lower the micro AP: .*reverse\.$/,
  );
  assert.equal(
    said({ outcome: "errors", concept: null, threshold: null }),
    "1 input with at least one wrong decision, by the highest score.",
  );
  assert.equal(unavailable(data), "");
  assert.match(unavailable({ ...data, has_counts: false }), /no inputs to list/);
});
