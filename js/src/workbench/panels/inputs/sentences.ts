/** The inputs behind a number, in words. Pure. */
import { count, plural, rate, roughly } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";
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
  return bar !== undefined && bar.own === (threshold !== null && bar.score >= threshold);
}

/** What the outcome says of an input, with a sign that needs no colour. */
export function outcomeMark(
  item: Item,
  head: Inputs["head"],
  data: Evaluation,
): { readonly good: boolean; readonly text: string } {
  const { outcome } = head;
  if (outcome === "all") {
    const right = decidedRight(item, head, data);
    return { good: right, text: right ? "✓ right" : "✗ wrong" };
  }
  const good = outcome === "tp" || outcome === "tn" || outcome === "better";
  const text = { tp: "✓ hit", tn: "✓ hit", fp: "✗ miss", fn: "✗ miss", better: "✓ right", worse: "✗ wrong" }[outcome];
  return { good, text };
}

/** Which inputs these are, of those that two runs decide differently; `other` names the run compared. */
function apartSentence({ head }: Inputs, data: Evaluation, other: string): string {
  const at = head.threshold === null ? "" : ` at ${roughly(head.threshold)}`;
  const what = head.concept === null ? "by the highest score" : `about ${nameOf(data, head.concept)}${at}`;
  const [right, wrong] = head.outcome === "better" ? ["here", `in ${other}`] : [`in ${other}`, "here"];
  const verb = head.total === 1 ? "is" : "are";
  return `${plural(head.total, "input")} that ${verb} decided right ${what} ${right}, and wrong ${wrong}.`;
}

/** Name of a concept by id; the id where the evaluation has no such concept. */
export function nameOf(data: Evaluation, id: string): string {
  const k = data.concepts.findIndex((one) => one.id === id);
  return k < 0 ? id : conceptName(data, k);
}

/** All the inputs that a figure is of. */
function allSentence({ concept, total, sort }: Inputs["head"], data: Evaluation): string {
  const what = concept === null ? "all figures are" : `the figures of ${nameOf(data, concept)} are`;
  const order =
    concept !== null && sort !== "score" ? ", those first whose score for it is farthest from the label" : "";
  return `${plural(total, "input")} that ${what} of${order}.`;
}

/** Which inputs these are, and how many. */
export function listSentence(shown: Inputs, data: Evaluation, other = "the run compared"): string {
  const { head } = shown;
  if (head.against !== null) return apartSentence(shown, data, other);
  if (head.outcome === "all") return allSentence(head, data);
  if (head.concept === null) return "Choose a concept, or click a cell of the confusion matrix, to list its inputs.";
  const name = nameOf(data, head.concept);
  const at = head.threshold === null ? "" : roughly(head.threshold);
  const reach = head.threshold === null ? `score highest for ${name}` : `score ${at} or more for ${name}`;
  const number = plural(head.total, "input");
  if (head.outcome === "fn") {
    const miss = head.threshold === null ? "do not score highest for it" : `score below ${at} for it`;
    return `${number} labelled ${name} that ${miss}.`;
  }
  if (head.outcome === "tn") return `${number} not labelled ${name} that score below ${at} for it.`;
  if (head.outcome === "tp") return `${number} labelled ${name} that ${reach.replace(/for .*$/, "for it")}.`;
  const labelled = head.labelled === null ? "" : ` labelled ${nameOf(data, head.labelled)}`;
  return `${number}${labelled} that ${reach} and are not labelled ${name}.`;
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
  return `margin ${rate(item.margin)} · loss ${rate(item.loss)}${fold}`;
}
