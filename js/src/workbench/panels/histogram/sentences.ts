/** The score histogram in words. Pure. */
import { plural, threshold } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";
import { binAt, middleBin } from "./bins.ts";

/** What Python sent. */
type Histogram = Section<"histogram">;

/** Where a bin ends, without what counting by steps adds in the seventeenth digit. */
const edge = (x: number) => threshold(Number(x.toPrecision(9)));

/** Whose scores are counted, within a sentence. */
export function subject({ head }: Histogram, evaluation: Evaluation): string {
  const k = evaluation.concepts.findIndex((concept) => concept.id === head.concept);
  return k < 0 ? `all ${plural(evaluation.concepts.length, "concept")}, pooled` : conceptName(evaluation, k);
}

/** How many inputs of a class there are, and below which score half of them lie. */
function classSentence(counts: Uint32Array, edges: Float64Array, total: number, noun: string): string {
  const middle = middleBin(edges, counts);
  if (middle === null) return `No ${noun}s.`;
  return `${plural(total, noun)}, half of them below ${edge(middle[1])}.`;
}

/** Description of the histogram in a sentence a class. */
export function histogramSentence(section: Histogram | null, evaluation: Evaluation | null, t: number): string {
  if (section === null || evaluation === null) return "No scores yet.";
  const { head, arrays } = section;
  const positives = classSentence(arrays.positives, arrays.edges, head.num_pos, "positive");
  const negatives = classSentence(arrays.negatives, arrays.edges, head.num_neg, "negative");
  const here = `The threshold is ${threshold(t, evaluation.dtype)}.`;
  return `Scores of ${subject(section, evaluation)}: ${positives} ${negatives} ${here}`;
}

/** Whose scores lie in the bin at `x`, in a line. */
export function binText({ arrays }: Histogram, x: number): string {
  const at = binAt(arrays.edges, x);
  const [from, to] = [arrays.edges[at] as number, arrays.edges[at + 1] as number];
  const [positives, negatives] = [arrays.positives[at] as number, arrays.negatives[at] as number];
  return `${edge(from)}–${edge(to)}: ${plural(positives, "positive")}, ${plural(negatives, "negative")}`;
}
