import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, randomConcept, randomSource } from "../../dev/fixture.ts";
import { statusSentence } from "../../src/shell/status.ts";
import type { ConceptFigures, RunRow } from "../../src/wire/contract.generated.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import { pointAtStop, pointFromCounts } from "../../src/workbench/metrics.ts";
import { countsNote } from "../../src/workbench/panels/counts/sentences.ts";
import { aucSentence, rocSentence } from "../../src/workbench/panels/roc/sentences.ts";
import { sweepSentence } from "../../src/workbench/panels/sweep/sentences.ts";
import { liveLine } from "../../src/workbench/sentences.ts";
import { aboutLine } from "../../src/workbench/views/Headline.tsx";

const random = randomSource(5);
const scored = { cat: randomConcept(random, 300, 0.3, 0.5), dog: randomConcept(random, 300, 0.2, 0.4) };
const after = (folds: number[]) => readEvaluation(encodeEvaluation(scored, { folds, foldsTotal: 5 })) as Evaluation;
const run = (changes: Partial<RunRow>) =>
  ({
    status: "evaluating",
    folds: 5,
    folds_done: 3,
    fraction: 0.6,
    remaining_seconds: 4,
    roc_auc: null,
    error: null,
    ...changes,
  }) as RunRow;

test("the heading tells of the folds on screen, though the run may be a fold ahead", () => {
  assert.equal(liveLine(run({}), after([1, 2])), "fold 2 of 5 · 4 s left");
  assert.equal(liveLine(run({}), null), "fold 3 of 5 · 4 s left");
});

test("an evaluation is not called finished before its last results are on screen", () => {
  const ended = run({ status: "evaluated", roc_auc: 0.8 });
  assert.match(liveLine(ended, after([1, 2, 3, 4])), /^fold 4 of 5/);
  assert.match(statusSentence({}, ended, after([1, 2, 3, 4])), /fold 4 of 5/);
  assert.equal(liveLine(ended, after([1, 2, 3, 4, 5])), "");
  assert.match(statusSentence({}, ended, after([1, 2, 3, 4, 5])), /finished.*0.800/);
});

test("a wait for the kernel comes before what the run does", () => {
  const pending = { app: { action: { action: "refresh" }, wait: "waiting" } } as const;
  assert.equal(statusSentence(pending, run({}), null), "Waiting for the running cell.");
});

test("the AUC says which one it is, and an undefined one why", () => {
  const data = after([1, 2, 3, 4, 5]);
  assert.match(aucSentence(data, 0).which, /all folds together/);
  assert.doesNotMatch(aucSentence(after([2]), 0).which, /folds/, "of one fold alone");
  assert.match(aucSentence(data, 2).which, /macro/);
  assert.match(aucSentence(data, 0).spread, /^mean of 5 folds 0\.\d{3} ± 0\.\d{3}$/);
  assert.match(aucSentence(data, 2).spread, /^mean of 5 folds 0\.\d{3} ± 0\.\d{3}; between concepts ± 0\.\d{3}$/);
  assert.match(aucSentence(data, 2).short, /^5 folds 0\.\d{3} ± 0\.\d{3}, concepts ± 0\.\d{3}$/, "as wide as the plot");
  const [cat] = data.concepts as [ConceptFigures];
  const bare = {
    ...data,
    concepts: [{ ...cat, num_pos: 0, roc_auc: null, reason: "no positives", fold_roc_auc: null }],
  };
  assert.equal(aucSentence(bare, 0).value, "undefined: no positives");
});

test("both plots are described in a sentence with the threshold's rates", () => {
  const data = after([1, 2, 3, 4, 5]);
  const point = pointAtStop(data, 0, 50);
  assert.match(
    rocSentence(data, 0, point, data.stops[50] as number),
    /^ROC of cat: AUC 0\.\d+ .*true positive rate 0\.\d+/,
  );
  assert.match(sweepSentence(data, 2, point, 0.5), /Macro average of 2 concepts.*precision 0\.\d+/);
});

test("undefined rates give their reason, and a macro what it averages", () => {
  const data = after([1]);
  assert.match(countsNote(data, 0, pointFromCounts(0, 0, 3, 4)), /^Precision is undefined: nothing is predicted/);
  assert.match(countsNote(data, 0, pointFromCounts(0, 2, 0, 4)), /recall is undefined: no positives/i);
  assert.match(
    countsNote(data, 2, pointAtStop(data, 2, 0)),
    /^Rates are means over all 2 concepts; counts are sums\.$/,
  );
});

test("between the platform's hundredths nothing is promised, between stops the kernel's counts are", () => {
  const data = after([1]);
  assert.match(countsNote(data, 0, null), /coming from the kernel/);
  assert.match(countsNote({ ...data, has_counts: false }, 0, null), /hundredths .* only/);
});

test("a part of the inputs is counted so far only while it grows", () => {
  const whole = readEvaluation(encodeEvaluation({ cat: randomConcept(randomSource(3), 40, 0.5, 0.5) })) as Evaluation;
  const part = { ...whole, inputs: 5, inputs_total: 480 };
  assert.match(aboutLine({ ...part, complete: false }), / · 5 of 480 inputs so far · /);
  assert.match(aboutLine({ ...part, complete: true }), / · 5 of 480 inputs · /);
});
