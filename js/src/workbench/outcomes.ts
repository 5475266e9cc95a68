/** Which inputs stand behind a number of a concept. Pure. */
import { BEHIND, type HeadlinePart, type PanelPayloads } from "../wire/contract.generated.ts";

/** What Python is asked with. */
type Params = PanelPayloads["inputs"]["params"];

/** Inputs behind a number: those labelled or given wrongly, or rightly, with a concept. */
export interface Selected extends Pick<Params, "low" | "high" | "by" | "value" | "chosen"> {
  /** The concept that is given, by id; null for any, or when compared, for the one of the highest score. */
  readonly concept: string | null;
  /** What is counted of it, or keeps a figure of it from 1; or those right here alone, or in the run compared alone. */
  readonly outcome: Params["outcome"];
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
  errors: "False positives and negatives",
  tp: "True positives",
  tn: "True negatives",
  predicted: "All predicted",
  num_pos: "Positives",
  num_neg: "Negatives",
  roc_auc: "Inputs that lower the ROC AUC",
  avg_precision: "Inputs that lower the AP",
  all: "All, the most wrong first",
} as const;

/** A figure that leads to inputs. */
export type Figure = keyof typeof BEHIND;

/** What a click on a number of a concept asks for, at the concept's threshold; of all concepts without one. */
export const behind = (concept: string | null, figure: Figure): Selected => ({
  concept,
  outcome: BEHIND[figure],
  labelled: null,
  given: "threshold",
});

/** Why an end of an interval leads where its figure does. */
export const ENDS = "The ends of an interval have no inputs of their own";

/** What a click on a number does, in words. */
export function behindSentence(figure: Figure, name: string): string {
  const what = OUTCOMES[BEHIND[figure]];
  return `Show the ${what[0]?.toLowerCase()}${what.slice(1)} of ${name}`;
}

/** What a click on a part of the headline does, in words; `nameOf` gives a concept's name by its id. */
export function leadSentence({ inputs, interval }: HeadlinePart, nameOf: (id: string) => string): string {
  if (inputs === null) return "";
  const { concept, outcome, labelled } = inputs;
  const shown =
    concept === null
      ? "Show all the inputs behind it"
      : labelled !== null
        ? `Show the inputs labelled ${nameOf(labelled)} that score highest for ${nameOf(concept)}`
        : behindSentence(outcome === "num_pos" ? outcome : "roc_auc", nameOf(concept));
  return interval ? `${ENDS}. ${shown}` : shown;
}
