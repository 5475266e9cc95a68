/** Which inputs stand behind a number of a concept. Pure. */
import type { PanelPayloads } from "../wire/contract.generated.ts";
import type { RateName } from "./rates.ts";

/** Inputs behind a number: those labelled or given wrongly, or rightly, with a concept. */
export interface Selected {
  /** The concept that is given, by id; null, when compared, for the one of the highest score. */
  readonly concept: string | null;
  /** True positives, false positives or false negatives of it; or those right here alone, or in the run compared alone. */
  readonly outcome: PanelPayloads["inputs"]["params"]["outcome"];
  /** Only inputs labelled with this concept, by id; null for any. */
  readonly labelled: string | null;
  /** What counts as given: a score at or above the threshold, or the highest of the input's scores. */
  readonly given: "threshold" | "highest";
  /** Key of the run that the decisions are compared with. */
  readonly against?: string;
}

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
