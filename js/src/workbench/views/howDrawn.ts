/** How each plot is had, in a line of plain words. Pure. */
import { count, plural } from "../../parts/format.ts";
import type { Caution } from "../../wire/contract.generated.ts";
import { cautionsOf } from "../cautions.ts";
import type { Evaluation } from "../evaluation.ts";
import { pooledWords } from "../sentences.ts";

/** What is said of a plot, of a concept and of the average over them. */
interface Words {
  readonly one: (data: Evaluation) => string;
  readonly all: (data: Evaluation) => string;
}

/** Steps where every score is known, else what was sent. */
const steps = (data: Evaluation) => (data.has_counts ? "A step at every score" : "As the platform reports it");

/** No wider than a plot on a page of 1,000 pixels. */
const WORDS: Readonly<Record<string, Words>> = {
  "cew-roc": {
    one: (data) => [steps(data), pooledWords(data)].filter(Boolean).join(", "),
    all: ({ macro }) => `Mean of ${plural(macro.averaged, "curve")} at each FPR`,
  },
  "cew-pr": {
    one: (data) => `${steps(data)}; AP: the area below`,
    all: ({ macro }) => `Mean of ${plural(macro.averaged, "curve")} at each recall`,
  },
  "cew-sweep": {
    one: () => "Positive: scores at or above the threshold",
    all: ({ concepts }) => `Mean of ${plural(concepts.length, "concept")}, one threshold`,
  },
  "cew-calibration": {
    one: () => "Dots: equally full bins; ECE: equally wide ones",
    all: () => "Dots: equally full bins; ECE: equally wide ones",
  },
  "cew-histogram": {
    one: () => "Each class’s shares, in bins of equal width",
    all: () => "Each class’s shares, over all concepts",
  },
};

/** What there is to be careful about in the plot of a class name, of concept `k` or the average; none where `howDrawn` is empty. */
export const carefulOf = (plot: string, data: Evaluation, k: number): Caution[] =>
  howDrawn(plot, data, k) === "" ? [] : cautionsOf(data, k);

/** How the plot of a class name is had, of concept `k` or the average; empty of a plot that says so itself. */
export function howDrawn(plot: string, data: Evaluation, k: number): string {
  const words = WORDS[plot];
  if (words === undefined || data.macro.averaged === 0) return "";
  return k < data.concepts.length ? words.one(data) : words.all(data);
}

/** Where the numbers come from, in a few words. */
const SOURCES = {
  test_set: "every prediction",
  scores: "scores given",
  platform_curves: "the platform’s rates",
} as const satisfies Record<Evaluation["source"], string>;

/**
 * From how many inputs the plot of a class name is drawn, and unless `brief` what was counted, of concept `k` or the average;
 * empty where `howDrawn` is.
 */
export function howMany(plot: string, data: Evaluation, k: number, brief = false): string {
  if (WORDS[plot] === undefined || data.macro.averaged === 0) return "";
  const { inputs, source, concepts } = data;
  const concept = concepts[k];
  const of = concept ? `${count(concept.num_pos)} positive` : plural(concepts.length, "concept");
  return `n = ${inputs > 0 ? plural(inputs, "input") : "not sent"}, ${of}${brief ? "" : `; ${SOURCES[source]}`}`;
}
