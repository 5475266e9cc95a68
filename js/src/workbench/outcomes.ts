/** Which inputs stand behind a number of a concept. Pure. */
import type { RateName } from "./rates.ts";
import type { Selected } from "./workbench.ts";

/** What the outcomes of a concept are called. */
export const OUTCOMES = {
  fp: "False positives",
  fn: "False negatives",
  tp: "True positives",
  tn: "True negatives",
  all: "All, the most wrong first",
} as const;

/** The inputs behind a number: what is counted, or what keeps a rate from 1. */
export const BEHIND: Readonly<Partial<Record<RateName | keyof typeof OUTCOMES, keyof typeof OUTCOMES>>> = {
  tp: "tp",
  fp: "fp",
  fn: "fn",
  tn: "tn",
  precision: "fp",
  recall: "fn",
  specificity: "fp",
};

/** What a click on a number of a concept asks for, at the concept's threshold. */
export const behind = (concept: string, outcome: keyof typeof OUTCOMES): Selected => ({
  concept,
  outcome,
  labelled: null,
  given: "threshold",
});
