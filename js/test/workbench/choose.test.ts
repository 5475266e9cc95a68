import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { ThresholdOffer } from "../../src/wire/contract.generated.ts";
import { unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import {
  type Choose,
  FIELDS,
  offeredThresholds,
  offerName,
  typedField,
} from "../../src/workbench/panels/choose/fields.ts";
import { FIRST } from "../../src/workbench/panels/choose/params.ts";
import {
  chooseNote,
  honestTitle,
  honestWords,
  movesTitle,
  movesWords,
  offerSentence,
  takenSentence,
  thresholdWords,
  usedSentence,
  writtenOut,
} from "../../src/workbench/panels/choose/sentences.ts";
import { WIRE } from "../fromPage.ts";
import { start } from "../start.ts";

const payload = (name: string) => new Uint8Array(readFileSync(`${WIRE}/${name}.bin`));
const section = (name: string) => unpack(payload(name))?.section("choose") as Choose;
const folds = readEvaluation(payload("cross_validated")) as Evaluation;
const lacking = readEvaluation(payload("never_positive")) as Evaluation;
const [one, all] = [section("choose_one"), section("choose_all")];
const offerOf = ({ head }: Choose, name: string) => {
  const at = head.offers.findIndex((offer) => offer.name === name);
  return [head.offers[at] as ThresholdOffer, at] as const;
};

test("the thresholds of an offer are by concept, and those that do not qualify are left out", () => {
  const [, best] = offerOf(one, "f1");
  assert.deepEqual(offeredThresholds(folds, one, best), { cat: one.arrays.thresholds[best] });
  const [offer, at] = offerOf(all, "f1");
  assert.equal(offer.qualified, 1);
  assert.deepEqual(Object.keys(offeredThresholds(lacking, all, at)), ["a"]);
});

test("every offer has a name of its own, with the numbers it was asked with", () => {
  const names = one.head.offers.map((offer) => offerName(offer, { ...FIRST, recall: 0.8, fn_cost: 7 }));
  assert.equal(new Set(names).size, 12);
  for (const name of ["Best F1", "Recall ≥ 0.8", "Recall ≥ 0.8, guaranteed", "Lowest cost 1 : 7"]) {
    assert.ok(names.includes(name), name);
  }
});

test("an offer says what it gives before it is taken, and one that cannot be had why", () => {
  const [best, at] = offerOf(one, "f1");
  const said = offerSentence("Best F1", thresholdWords(folds, one, at), best);
  assert.match(
    said,
    /^Best F1: threshold 0\.\d+ \(95 % interval \d\.\d{3}–\d\.\d{3}\), precision \d\.\d{3}, recall \d\.\d{3}, F1 \d\.\d{3}; held out F1 /,
  );
  assert.match(movesWords(best), /^\d\.\d{3}–\d\.\d{3}$/);
  const moving = (threshold_low: number, threshold_high: number) =>
    movesWords({ ...best, threshold_low, threshold_high });
  assert.equal(moving(0.000016, 0.00024), "0.000016–0.00024");
  assert.equal(moving(0.99991, 0.99998), "0.99991–0.99998");
  assert.equal(moving(0.5, 0.50004), "0.5–0.50004");
  assert.equal(moving(0, 1), "0.000–1.000");
  assert.equal(moving(0.25, 0.25), "0.250–0.250");
  assert.equal(movesTitle(best), `95 % interval of the threshold: ${best.threshold_method}`);
  const [several] = offerOf(all, "f1");
  assert.match(chooseNote(folds, one), /^Beside a threshold stands its 95 % interval/);
  assert.match(
    chooseNote(lacking, all),
    /No interval of thresholds: every concept has its own threshold.*choose for one/,
  );
  assert.equal(movesWords(several), "");
  assert.equal(movesTitle(several), `No interval of the threshold: ${several.threshold_reason}`);
  const part = { ...best, threshold_method: `${best.threshold_method}; holds at this look alone` };
  assert.match(
    chooseNote(folds, { ...one, head: { ...one.head, offers: [part] } }),
    /^Beside a threshold stands its 95 % interval, which holds at this look alone\. /,
  );
  assert.match(honestWords(best), /^F1 \d\.\d{3}$/);
  assert.match(honestTitle(best), /^± \d\.\d{3} over the parts held out; .* all inputs stand behind it$/);
  const impossible = { ...best, qualified: 0, reason: "No threshold qualifies: the nearest is 0.4." };
  assert.equal(offerSentence("x", "none", impossible), "x: No threshold qualifies: the nearest is 0.4.");
  assert.equal(thresholdWords(lacking, all, offerOf(all, "f1")[1]), "1 of 2");
});

test("a field takes numbers in its range only; prevalence may be empty", () => {
  const typed = (key: keyof typeof FIRST, text: string) =>
    typedField(key, text, FIELDS.find((field) => field.key === key)?.most ?? 0);
  assert.deepEqual([typed("recall", "0,8"), typed("fn_cost", "12"), typed("prevalence", " ")], [0.8, 12, null]);
  const wrong = [typed("recall", "1.1"), typed("recall", ""), typed("beta", "0"), typed("guarantee", "1")];
  assert.deepEqual(
    [...wrong, typed("prevalence", "0"), typed("fp_cost", "-1"), typed("fpr", "x")],
    Array(7).fill(undefined),
  );
});

test("what is taken is said, for one concept and for several", () => {
  assert.equal(takenSentence(folds, "Best F1", { cat: 0.25 }), "Best F1: threshold of cat set to 0.25.");
  assert.match(takenSentence(folds, "Best F1", { cat: 0.2, dog: 0.3 }), /2 concepts set, each with its own/);
});

test("thresholds are written as Python and as JSON with all their digits and any name", () => {
  const at = { 'a"b\\ö': 0.15466444194316864, c: 1 };
  assert.deepEqual(JSON.parse(writtenOut(at, "json")), at);
  assert.ok(writtenOut(at, "python").startsWith("thresholds = {\n"));
});

test("a threshold that is taken is the concept's own, and of an only concept the common one", () => {
  const several = start({ workbench_only: true, results: payload("cross_validated") });
  several.workbench.takeThresholds({ cat: 0.25 });
  assert.deepEqual([several.workbench.thresholdOf(1), several.workbench.thresholdOf(0)], [0.25, 0.5]);
  several.workbench.takeThresholds({ dog: 0.75 });
  assert.deepEqual(several.workbench.traits.thresholds.value, { cat: 0.25, dog: 0.75 });
});

test("thresholds used say whether they were set as the concepts' own", () => {
  assert.equal(usedSentence(12, true, true), "12 thresholds set in w.thresholds and copied.");
  assert.equal(usedSentence(12, false, true), "All 12 at the common threshold, none set its own; copied.");
  assert.equal(
    usedSentence(12, false, false),
    "All 12 at the common threshold, none set its own; copy them from here:",
  );
});
