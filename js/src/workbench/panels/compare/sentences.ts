/** Comparisons in words. Pure. */
import { count, plural, rate } from "../../../parts/format.ts";
import type { ComparedRow } from "../../../wire/contract.generated.ts";
import { methodWords } from "../../methods.ts";
import { type Compared, letter, type Order, type Other } from "./model.ts";

/** What the orders are called. */
export const ORDERS: Readonly<Record<Order, string>> = {
  drop: "Largest drop first",
  gain: "Largest gain first",
  p: "Smallest p first",
  given: "As given",
};

/** A difference with its sign: "+0.012", "−0.030"; one that is written as zero has none. */
export function signed(x: number | null): string {
  if (x === null || Number.isNaN(x)) return "–";
  const size = rate(Math.abs(x));
  return size === rate(0) ? size : `${x < 0 ? "−" : "+"}${size}`;
}

/** An interval of a difference, with a blank before it; empty where there is none. */
const interval = (low: number | null, high: number | null) =>
  low === null || high === null ? "" : ` [${signed(low)}, ${signed(high)}]`;

/**
 * How far a version falls from its own data to those on screen, once both evaluations are read: with the interval of the
 * difference of two samples. Before that the difference of the two figures that their rows have.
 */
export function dropSentence(home: number, here: number, other: Other | null): string {
  const read = other?.difference ?? null;
  const by =
    read === null ? signed(here - home) : `${signed(read)}${interval(other?.low ?? null, other?.high ?? null)}`;
  return `: AUC ${rate(home)}, so ${by} here.`;
}

/** The size of a difference whose sign the words say, with the interval of that size. */
function size(difference: number, low: number | null, high: number | null): string {
  if (low === null || high === null) return rate(Math.abs(difference));
  const [least, most] = difference < 0 ? [-high, -low] : [low, high];
  return `${rate(Math.abs(difference))} [${rate(least)}, ${rate(most)}]`;
}

/** A p-value: "p = 0.021", "p < 0.001"; empty where there is none. */
export function pText(p: number | null): string {
  if (p === null || Number.isNaN(p)) return "";
  return p < 0.001 ? "p < 0.001" : `p = ${rate(p)}`;
}

/** What tells two evaluations apart in the least words: the method of one version, the version of one model. */
export function toldApart(first: Titled, second: Titled): [string, string] {
  if (first.title === second.title) return [first.kind_label, second.kind_label];
  const [model, version] = halves(first.title);
  const [other, another] = halves(second.title);
  return version && another && model === other ? [version, another] : [first.title, second.title];
}

/** What an evaluation is called, and how it was had. */
type Titled = Pick<ComparedRow, "title" | "kind_label">;

/** Model and version of a run's title, "MODEL, version VERSION"; other titles have no second half. */
const halves = (title: string) => title.split(/, version (?=\S+$)/);

/** One of the others against the first, in one or two sentences: which is better, or what keeps that from being said. */
export function verdict(other: Other, first: string, second: string): string {
  const { difference, low, high, p_value, matched } = other;
  const over = other.concepts > 1 ? `macro ROC AUC over ${count(other.concepts)} concepts` : "ROC AUC";
  if (difference === null)
    return `${second} against ${first}: no difference. ${sentence(other.reason || other.refusal)}`;
  const range = interval(low, high);
  if (other.refusal !== "") {
    const alone = range || !other.reason ? "" : ` ${sentence(other.reason)}`;
    const way = Math.abs(difference) < 0.0005 ? "difference" : difference < 0 ? "drop" : "gain";
    const on = matched > 0 ? ` on ${plural(matched, "input")} of both` : "";
    return `From ${first} to ${second} a ${way} of ${way === "difference" ? `${signed(difference)}${range}` : size(difference, low, high)} ${over}${on}.${alone} No paired test: ${other.refusal.replace(/\.$/, "")}.`;
  }
  const tested = [pText(p_value), `paired on ${plural(matched, "input")}`].filter(Boolean).join(", ");
  if (other.told_apart) {
    const by = `by ${size(difference, low, high)} ${over} (${tested})`;
    const how = difference > 0 ? "beats" : "is worse than";
    return `${other.decided && `${other.decided}: `}${second} ${how} ${first} ${by}.`;
  }
  if (p_value === null) {
    return `${second} against ${first}: ${over} ${signed(difference)}${range}. ${sentence(other.reason || "No test")}`;
  }
  const needed = other.more_inputs === null ? "" : ` ${needs(other.more_inputs)}`;
  return `${first} and ${second} cannot be told apart with these ${plural(matched, "input")}: ${over} ${signed(difference)}${range}, ${pText(p_value)}.${needed}`;
}

/**
 * With what a difference was tested, at the end of a verdict: where there is little room that stands in the title, and below.
 * Names before it may have the like in them, as in "dropout (p = 0.5)".
 */
export const TESTED = /( \((?:p [<=]|paired on)[^)]*\))(?=\.$)/;

/** How many more inputs it would take; two digits, for it is a guess from a guess. */
const needs = (more: number) =>
  `About ${plural(Number(more.toPrecision(2)), "more input")} like these would show a difference of this size, if it is real.`;

/** With a capital at its start and a full stop at its end. */
function sentence(text: string): string {
  if (text === "") return "";
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

/** What to be careful about in the numbers compared, each once, after the letters of the evaluations that it is of. */
export function cautions(others: readonly Other[]): string[] {
  const of = new Map<string, Set<string>>();
  const told = (said: readonly string[], at: number) => {
    for (const one of said) of.set(one, (of.get(one) ?? new Set()).add(letter(at)));
  };
  others.forEach(({ cautions_first: ours, cautions_other: theirs }, j) => {
    told(ours, 0);
    told(theirs, j + 1);
  });
  return [...of].map(([one, letters]) => `${[...letters].sort().join(", ")}: ${one}`);
}

/** How the numbers are had, in one line; of intervals only where the table draws `some`. */
export function methodLine(other: Other, some: boolean): string {
  const how = some && ["95 % interval", methodWords(other.method)].filter(Boolean).join(" ");
  const parts = [
    ["Difference: the other minus the first", how].filter(Boolean).join(", "),
    other.refusal ? "" : "p adjusted for the number of concepts (Holm)",
  ];
  return `${parts.filter(Boolean).join(" · ")}.`;
}

/** Which inputs curves and table are of, and whether their areas are had in the same way: one line for both. */
export function inputsLine({ common, others }: Pick<Compared["head"], "common" | "others">): string {
  const apart = others.some(({ matched }) => matched === 0);
  const uneven = others.some(({ left_out }) => left_out > 0);
  const means = others.some(({ fold_means }) => fold_means);
  const left = others.length === 1 ? `; ${count(others[0]?.left_out ?? 0)} left out` : "";
  const of = others.length === 1 ? "both have" : apart ? "all have that can be paired" : "all have";
  const parts = [
    common > 0 && `Curves and table: on the ${plural(common, "input")} that ${of}${left}.`,
    common === 0 && uneven && "No input is in all: each curve is of all its own inputs, the table of those of both.",
    common === 0 && !uneven && apart && "Curves and table: each evaluation on all its own inputs.",
    means && "Areas in the table are means over the folds; curves pool the folds.",
  ];
  return parts.filter(Boolean).join(" ");
}

/** What a button says that leads to the inputs one gets right and the other wrong. */
export const onlyRight = (number: number, right: string, wrong: string): string =>
  `${plural(number, "input")} that ${right} gets right and ${wrong} wrong`;

/** What a p-value leads to. */
export const differTitle = (concept: string | null): string =>
  `Show the inputs that the two decide differently${concept === null ? "" : ` about ${concept}`}: the test rests on them`;

/** What "right" means for these buttons. */
export function rightMeans(concept: string | null, at: string): string {
  return concept === null
    ? "Right: the highest score is a label’s."
    : `Right: ${concept} is decided as labelled, at ${at}.`;
}
