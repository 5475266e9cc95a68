/** The confusion matrix in words. Pure. */
import { count, plural, rate, roughly } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";
import { type Cells, type Confusion, confusedIn, type MatrixKind, ofLabels, ofPlatform, shareIn } from "./cells.ts";

/** What the kinds are called. */
export const KINDS: Readonly<Record<MatrixKind, string>> = {
  count: "At the threshold",
  argmax: "By highest score",
  probability: "Mean scores",
  cooccurrence: "Labelled with both",
  platform_probability: "Mean scores, the server’s own",
  platform_cooccurrence: "Labelled with both, the server’s own",
};

/** A share of a row as a per cent; a dash where the row has no inputs. */
export const percent = (share: number | null): string =>
  share === null ? "–" : `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)}\u00a0%`;

/** What the cells are, in one line of plain words. */
export function howSentence(kind: MatrixKind, shares: boolean, source: string, many = false): string {
  const both = many || shares ? "Shift and a click, or the key +, " : "a click on that, or the key +, ";
  const what = {
    count: "Inputs labelled with the row that score at least the threshold for the column",
    argmax: "Inputs labelled with the row whose highest score is the column’s",
    probability: "Mean score for the column over the inputs labelled with the row",
    cooccurrence: "Inputs labelled with both the row and the column",
    platform_probability: "Mean score for the column over all inputs labelled with the row that the server predicted",
    platform_cooccurrence: "Inputs of the whole dataset labelled with both the row and the column",
  }[kind];
  const counted = kind === "count" || kind === "argmax";
  const apart = counted
    ? `; those labelled with the column, too, stand apart${many ? "" : " as +n"} (${both}lists them)`
    : "";
  const as = shares && !kind.endsWith("probability") ? ", as a share of the row’s inputs" : "";
  return `${what}${as}${apart}. ${source.charAt(0).toUpperCase()}${source.slice(1)}.`;
}

/** What decides that an input is given a concept, within a sentence. */
function given(kind: MatrixKind, t: number): string {
  return kind === "argmax" ? "score highest for it" : `score ${roughly(t)} or more for it`;
}

/** Whether a cell is one of those that were left out. */
const leftOut = ({ means, given, size, least }: Cells, row: number, column: number): boolean =>
  least > 0 && row !== column && (means ?? given)?.[row * size + column] === 0;

/** What the cells stand for that were left out. */
const weaker = ({ means, least }: Cells): string =>
  means ? `a mean score below ${rate(least)}` : `fewer than ${plural(least, "input")}`;

/** That only the strongest cells are here; empty where all are. */
export const leastSentence = (cells: Cells): string =>
  cells.least === 0 ? "" : ` Of so many cells the strongest are drawn: of any other, ${weaker(cells)}.`;

/** One cell in a sentence, as hovering tells it. */
export function cellSentence(
  data: Evaluation,
  cells: Cells,
  kind: MatrixKind,
  row: number,
  column: number,
  t: number,
): string {
  const [actual, predicted] = [conceptName(data, row), conceptName(data, column)];
  const of = cells.labelled[row] as number;
  if (leftOut(cells, row, column)) return `${actual} and ${predicted}: ${weaker(cells)}, too little to be sent.`;
  if (ofLabels(kind)) return togetherSentence(cells, row, column, actual, predicted);
  if (cells.means) {
    const mean = shareIn(cells, row, column);
    const whose = ofPlatform(kind) ? ", the server’s own" : "";
    const why = ofPlatform(kind) ? "not sent" : "no inputs";
    return `${actual} → ${predicted}: mean score${whose} ${mean === null ? `undefined: ${why}` : rate(mean)}.`;
  }
  if (of === 0) return `${actual} → ${predicted}: no inputs are labelled ${actual}.`;
  const here = confusedIn(cells, row, column);
  const share = percent(shareIn(cells, row, column));
  const how = given(kind, t);
  if (row === column) return `${actual}: ${count(here)} of ${plural(of, "input")} (${share}) ${how}.`;
  const both = cells.shared?.[row * cells.size + column] ?? 0;
  const apart = both ? ` ${count(both)} more are labelled ${predicted}, too, and are no confusion.` : "";
  return `${actual} → ${predicted}: ${count(here)} of ${plural(of, "input")} labelled ${actual} (${share}) ${how}.${apart}`;
}

/** How many inputs carry both labels. */
function togetherSentence(cells: Cells, row: number, column: number, one: string, other: string): string {
  const here = plural(cells.given?.[row * cells.size + column] ?? 0, "input");
  if (row === column) return `${one}: ${here} labelled with it.`;
  return `${one} and ${other}: ${here} labelled with both (${percent(shareIn(cells, row, column))} of ${one}).`;
}

/** A confusion in the list of the strongest. */
export function confusionSentence(data: Evaluation, cells: Cells, { row, column, confused }: Confusion): string {
  const of = cells.labelled[row] as number;
  const share = percent(of === 0 ? null : confused / of);
  return `${conceptName(data, row)} read as ${conceptName(data, column)}: ${count(confused)} of ${count(of)} (${share})`;
}

/** Beside a confusion those that carry both labels, and are none. */
export const bothSentence = (shared: number): string =>
  shared === 1 ? "1 more carries both labels" : `${count(shared)} more carry both labels`;
