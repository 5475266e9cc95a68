/** The inputs behind a number, in words. Pure. */
import { count, plural, rate, roughly } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import { inDtype } from "../../metrics.ts";
import { conceptName, pooledWords } from "../../sentences.ts";
import type { Inputs, Item, Sort } from "./items.ts";

/** What the orders are called. */
export const SORTS: Readonly<Record<Sort, string>> = {
  margin: "Most surely wrong",
  score: "Score",
  loss: "Loss",
};

/** Whether an input of a list of all is decided right, about the list's concept at its threshold; by its highest score without one. */
function decidedRight({ bars }: Item, { concept, threshold }: Inputs["head"], data: Evaluation): boolean {
  if (concept === null) return bars[0]?.own === true;
  const bar = bars.find((one) => data.concepts[one.concept]?.id === concept);
  return bar !== undefined && bar.own === (threshold !== null && bar.score >= inDtype(threshold, data.dtype));
}

/** What the outcome says of an input, with a sign that needs no colour. */
export function outcomeMark(
  item: Item,
  head: Inputs["head"],
  data: Evaluation,
): { readonly good: boolean; readonly text: string } {
  const { outcome, concept } = head;
  const marks: Partial<Record<typeof outcome, string>> = {
    ...{ tp: "✓ hit", tn: "✓ hit", fp: "✗ miss", fn: "✗ miss", errors: "✗ miss", better: "✓ right", worse: "✗ wrong" },
    ...(concept === null && { roc_auc: "✗ misranked", avg_precision: "✗ misranked" }),
  };
  const text = marks[outcome];
  if (text !== undefined) return { good: text.startsWith("✓"), text };
  if (outcome === "roc_auc" || outcome === "avg_precision") {
    const own = item.labels.some((k) => data.concepts[k]?.id === concept);
    return { good: false, text: own ? "✗ too low" : "✗ too high" };
  }
  const right = decidedRight(item, head, data);
  return { good: right, text: right ? "✓ right" : "✗ wrong" };
}

/** Which inputs these are, of those that two runs decide differently; `other` names the run compared. */
function apartSentence({ head }: Inputs, data: Evaluation, other: string): string {
  const at = head.threshold === null ? "" : ` at ${roughly(head.threshold)}`;
  const what = head.concept === null ? "by highest score" : `for ${nameOf(data, head.concept)}${at}`;
  const how = {
    better: `correctly here and wrongly in ${other}`,
    worse: `correctly in ${other} and wrongly here`,
    differ: `correctly either here or in ${other}, not in both`,
  }[head.outcome as "better" | "worse" | "differ"];
  return `${plural(head.total, "input")} classified ${how}, ${what}.`;
}

/** Name of a concept by id; the id where the evaluation has no such concept. */
export function nameOf(data: Evaluation, id: string): string {
  const k = data.concepts.findIndex((one) => one.id === id);
  return k < 0 ? id : conceptName(data, k);
}

/** All the inputs that a figure is of; of a mean those labelled with one concept that have a score for the other. */
function allSentence({ concept, outcome, labelled, total, sort }: Inputs["head"], data: Evaluation): string {
  const name = concept === null ? "" : nameOf(data, concept);
  const also = labelled === null ? "" : ` labelled ${nameOf(data, labelled)}`;
  const figures = name === "" ? "behind all figures" : `behind the figures of ${name}`;
  const what = outcome === "scored" ? `with a score for ${labelled === concept ? "it" : name}` : figures;
  const first = outcome === "scored" && labelled !== concept ? name : "it";
  const order =
    concept !== null && sort !== "score" ? `, those first whose score for ${first} is farthest from the label` : "";
  return `${plural(total, "input")}${also} ${what}${order}.`;
}

/** What keeps an area from 1, and in which order that stands. */
function rankSentence({ concept, outcome, lost, total, sort, by }: Inputs["head"], data: Evaluation): string {
  const area = outcome === "roc_auc" ? "ROC AUC" : "AP";
  const first = sort === "margin" ? "; those that cost most come first" : "";
  if (concept === null) {
    const wrong = "labels below a score of another input or concept that is no label, and the reverse";
    return `${plural(total, "input")} that lower the micro ${area}: ${wrong}${first}.`;
  }
  const name = nameOf(data, concept);
  // The headline has the mean over the folds, which is another number.
  const pooled = by === "fold" ? "" : pooledWords(data);
  const lowered = lost === null ? "" : ` from 1 by ${rate(lost)}${pooled && `, ${pooled}`}`;
  const wrong = `labelled ${name} and not above all others, or not labelled so and not below all that are`;
  return `${plural(total, "input")} that lower the ${area} of ${name}${lowered}: ${wrong}${first}.`;
}

/** What is decided of any concept, where none is named. */
const ANY: Partial<Record<Inputs["head"]["outcome"], string>> = {
  tp: "true positive",
  fp: "false positive",
  fn: "false negative",
  tn: "true negative",
  errors: "wrong decision",
  predicted: "predicted concept",
  num_pos: "label",
  num_neg: "concept that is no label",
  labelled: "label",
};

/** Inputs with at least one decision of a kind. */
function anySentence({ outcome, total, threshold }: Inputs["head"]): string {
  const at = outcome.startsWith("num")
    ? ""
    : threshold === null
      ? ", by the highest score"
      : ", each concept at its threshold";
  return `${plural(total, "input")} with at least one ${ANY[outcome]}${at}.`;
}

/** Inputs by their decision about a concept. */
function decidedSentence({ outcome, total, threshold, labelled, ...head }: Inputs["head"], data: Evaluation): string {
  const name = nameOf(data, head.concept ?? "");
  const number = plural(total, "input");
  const at = threshold === null ? "" : roughly(threshold);
  const reach = (of: string) => (threshold === null ? `score highest for ${of}` : `score ${at} or more for ${of}`);
  const miss = threshold === null ? "do not score highest for it" : `score below ${at} for it`;
  const also = labelled === null ? "" : ` labelled ${nameOf(data, labelled)}`;
  const and = labelled === null ? "" : ` and ${nameOf(data, labelled)}`;
  switch (outcome) {
    case "fn":
      return `${number} labelled ${name} that ${miss}`;
    case "tn":
      return `${number} not labelled ${name} that ${miss}`;
    case "tp":
      return `${number} labelled ${name}${and} that ${reach(and ? name : "it")}`;
    case "errors":
      return `${number} labelled ${name} that ${miss}, or not labelled so that ${reach("it")}`;
    case "predicted":
      return `${number} that ${reach(name)}`;
    case "num_pos":
    case "labelled":
      return `${number} labelled ${name}${and}`;
    case "num_neg":
      return `${number} not labelled ${name}`;
    default:
      return `${number}${also} that ${reach(name)} and are not labelled ${name}`;
  }
}

/** Of which of the inputs a list is: those whose scores lie between two ends, those of a slice. */
function withinSentence({ low, high, by, value, concept }: Inputs["head"], data: Evaluation): string {
  const whose = concept === null ? "a score" : `the score for ${nameOf(data, concept)}`;
  const ends = [low !== null && low > 0 && `at least ${roughly(low)}`, high !== null && `below ${roughly(high)}`];
  const said = ends.filter(Boolean).join(" and ");
  return [said && ` Only with ${whose} ${said}.`, by && ` Only of ${by} ${value}.`].filter(Boolean).join("");
}

/** Which inputs these are, and how many. */
export function listSentence(shown: Inputs, data: Evaluation, other = "the run compared"): string {
  const { head } = shown;
  const { outcome } = head;
  if (head.against !== null) return apartSentence(shown, data, other);
  const within = withinSentence(head, data);
  if (outcome === "chosen") return `${plural(head.total, "input")} selected in Python.`;
  if (outcome === "all" || outcome === "scored") return allSentence(head, data) + within;
  if (outcome === "roc_auc" || outcome === "avg_precision") return rankSentence(head, data) + within;
  return (head.concept === null ? anySentence(head) : `${decidedSentence(head, data)}.`) + within;
}

/** Which of how many are on the page: "26–50 of 61". */
export function pageSentence({ head }: Inputs): string {
  if (head.total === 0) return "None";
  const from = head.page * head.size;
  return `${count(from + 1)}–${count(from + head.ids.length)} of ${count(head.total)}`;
}

/** Labels of an input; said where there are none. */
export function labelSentence(item: Item, data: Evaluation): string {
  return item.labels.length ? item.labels.map((k) => conceptName(data, k)).join(", ") : "no label";
}

/** The figures of an input in a line. */
export function figureSentence(item: Item): string {
  const fold = item.fold === null ? "" : ` · fold ${item.fold}`;
  return `margin\u00a0${rate(item.margin).replace("-", "−")} · loss\u00a0${rate(item.loss)}${fold}`;
}
