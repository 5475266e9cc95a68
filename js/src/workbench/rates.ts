/** Every rate that the page shows, each defined once, as in `clarifai_eval_widget/metrics/rates.py`. Pure. */

/** A figure of the decisions at one threshold; NaN where undefined. */
interface Rate {
  /** What it is called in a sentence. */
  readonly word: string;
  /** What it is called where there is little room. */
  readonly short: string;
  /** Why it is undefined where it is. */
  readonly undefined: string;
  /** Where it is a number of its own: beside the counts and in the table of concepts, beside the counts, or nowhere. */
  readonly shown: "table" | "counts" | "";
  /** Whether the mean over folds of what it is made of gives its own mean. */
  readonly ofMeans: boolean;
  ofCounts(tp: number, fp: number, positives: number, negatives: number): number;
  ofRates(precision: number, recall: number, fpr: number): number;
}

/** The rates by name, in the order in which they are shown. */
export const RATES = {
  precision: {
    word: "precision",
    short: "Prec.",
    undefined: "nothing is predicted at this threshold",
    shown: "table",
    ofMeans: true,
    ofCounts: (tp, fp) => tp / (tp + fp),
    ofRates: (precision) => precision,
  },
  recall: {
    word: "recall",
    short: "Rec.",
    undefined: "no positives",
    shown: "table",
    ofMeans: true,
    ofCounts: (tp, _fp, positives) => tp / positives,
    ofRates: (_precision, recall) => recall,
  },
  f1: {
    word: "F1",
    short: "F1",
    undefined: "no positives, nothing predicted",
    shown: "table",
    ofMeans: false,
    ofCounts: (tp, fp, positives) => (2 * tp) / (tp + fp + positives),
    // Nothing found is 0, as from counts, though nothing may be predicted.
    ofRates: (precision, recall) => (recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)),
  },
  specificity: {
    word: "specificity",
    short: "Spec.",
    undefined: "no negatives",
    shown: "counts",
    ofMeans: true,
    ofCounts: (_tp, fp, _positives, negatives) => (negatives - fp) / negatives,
    ofRates: (_precision, _recall, fpr) => 1 - fpr,
  },
  fpr: {
    word: "false positive rate",
    short: "FPR",
    undefined: "no negatives",
    shown: "",
    ofMeans: true,
    ofCounts: (_tp, fp, _positives, negatives) => fp / negatives,
    ofRates: (_precision, _recall, fpr) => fpr,
  },
} as const satisfies Record<string, Rate>;

/** A rate's name. */
export type RateName = keyof typeof RATES;

/** All of them. */
export const RATE_NAMES = Object.keys(RATES) as RateName[];

/** Those in the table of concepts. */
export const IN_TABLE = RATE_NAMES.filter((name) => RATES[name].shown === "table");

/** Those beside the counts. */
export const BESIDE_COUNTS = RATE_NAMES.filter((name) => RATES[name].shown !== "");

/** Something for each rate. */
export function forRates<T>(make: (name: RateName) => T): Record<RateName, T> {
  const made: Partial<Record<RateName, T>> = {}; // filled in one order, which engines make one shape of
  for (const name of RATE_NAMES) made[name] = make(name);
  return made as Record<RateName, T>;
}

/**
 * Why a mean over folds that does not follow from the means of other rates is not known at this threshold, of concept `k`
 * (of the macro average: their number).
 */
export function notOfFolds(
  { rates, stops }: { rates: { f1: Float64Array } | null; stops: Float64Array },
  k: number,
): string {
  const [from, to] = [k * stops.length, (k + 1) * stops.length];
  const own = rates?.f1.subarray(...(from < rates.f1.length ? [from, to] : [0]));
  return own?.some((value) => !Number.isNaN(value))
    ? "is known at threshold 0.50 only: mean rates do not give it, and the platform sends it for no other"
    : "is not known: mean rates do not give it, and the platform sent none";
}

/** What a rate is called above a column or beside a number. */
export function heading(name: RateName): string {
  const { word } = RATES[name];
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}

/** "precision, recall and F1". */
export function listed(names: readonly RateName[]): string {
  const words = names.map((name) => RATES[name].word);
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
