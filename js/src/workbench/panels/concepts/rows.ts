/** Which concepts stand in the table, in which order, and which of them are in view. Pure. */
import type { ConceptFigures } from "../../../wire/contract.generated.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { heading, IN_TABLE, RATES, type RateName } from "../../rates.ts";

/** Height of a row in pixels: rows are placed by it. */
export const ROW_HEIGHT = 27;
/** Rows drawn beyond each edge of the view. */
const BEYOND = 4;

/** A column that can be sorted by. */
export type Column = "concept" | "positives" | "roc_auc" | "avg_precision" | RateName | "threshold";

/** The columns, in order: their names, and what they show where they are narrow. */
export const COLUMNS: readonly { key: Column; text: string; short: string }[] = [
  { key: "concept", text: "Concept", short: "Concept" },
  { key: "positives", text: "Positives", short: "Pos." },
  { key: "roc_auc", text: "ROC AUC", short: "ROC AUC" },
  { key: "avg_precision", text: "AP", short: "AP" },
  ...IN_TABLE.map((key) => ({ key, text: heading(key), short: RATES[key].short })),
  { key: "threshold", text: "Threshold", short: "Thr." },
];

/** By which column, and which way; null is the order in which the concepts came. */
export type Sorting = { readonly by: Column; readonly way: "ascending" | "descending" } | null;

/** The order after a click on a column's head: the column's own way, then the other, then none. */
export function nextSorting(now: Sorting, by: Column): Sorting {
  const first = by === "concept" ? "ascending" : "descending";
  if (now?.by !== by) return { by, way: first };
  if (now.way !== first) return null;
  return { by, way: first === "ascending" ? "descending" : "ascending" };
}

/** What the values of a sorted column are looked up in. */
export interface Values {
  readonly evaluation: Evaluation;
  readonly section: Section<"concepts"> | null;
  readonly pointOf: (k: number) => OperatingPoint | null;
  readonly thresholdOf: (k: number) => number;
}

/** Average precision of concept `k`, of the macro average the mean of those that are defined; null when undefined. */
export function averagePrecision(section: Section<"concepts"> | null, k: number): number | null {
  const all = section?.arrays.avg_precision ?? new Float64Array();
  const values = (k < all.length ? all.subarray(k, k + 1) : all).filter((value) => !Number.isNaN(value));
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** What a row needs of an area. */
export type Area = Pick<ConceptFigures, "roc_auc" | "roc_auc_low" | "roc_auc_high" | "fold_roc_auc">;

/** The area that stands in the table, which its interval is of: with folds their mean, as in the headline and beside the run. */
export const areaOf = ({ roc_auc, fold_roc_auc }: Area): number | null => fold_roc_auc?.mean ?? roc_auc;

/** What stands in a column for concept `k`: words, a number, or null where that is undefined. */
export function figureOf({ evaluation, section, pointOf, thresholdOf }: Values, k: number, by: Column) {
  const concept = evaluation.concepts[k];
  switch (by) {
    case "concept":
      return (concept?.name || concept?.id) ?? null;
    case "positives":
      return concept?.num_pos ?? null;
    case "roc_auc":
      return concept ? areaOf(concept) : null;
    case "avg_precision":
      return averagePrecision(section, k);
    case "threshold":
      return thresholdOf(k);
    default:
      return pointOf(k)?.[by] ?? null;
  }
}

/** Indices of the concepts whose name or id holds what was typed, sorted; what is undefined comes last either way. */
export function ordered(values: Values, typed: string, sorting: Sorting): number[] {
  const wanted = typed.trim().toLowerCase();
  const { concepts } = values.evaluation;
  const kept = concepts.flatMap(({ id, name }, k) => (`${name}\n${id}`.toLowerCase().includes(wanted) ? [k] : []));
  if (sorting === null) return kept;
  const sign = sorting.way === "ascending" ? 1 : -1;
  const looked = new Map(kept.map((k) => [k, figureOf(values, k, sorting.by)]));
  return kept.sort((a, b) => compared(looked.get(a) ?? null, looked.get(b) ?? null, sign) || a - b);
}

/** Below 0 when `a` comes first. */
function compared(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b));
}

/** The rows from..to to draw of `count`, where the view of such a height is scrolled so far. */
export function inView(scrolled: number, height: number, count: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(scrolled / ROW_HEIGHT) - BEYOND);
  return { from: Math.min(from, count), to: Math.min(count, Math.ceil((scrolled + height) / ROW_HEIGHT) + BEYOND) };
}

/** How far the view must be scrolled so that a row is in it; as it is where it is in view already. */
export function scrolledTo(row: number, scrolled: number, height: number): number {
  const top = row * ROW_HEIGHT;
  if (top < scrolled) return top;
  return top + ROW_HEIGHT > scrolled + height ? top + ROW_HEIGHT - height : scrolled;
}

/** Left end of the scale on which intervals are drawn: a half, or the tenth below the lowest that is drawn. */
export function scaleStart({ concepts }: Evaluation): number {
  const lowest = Math.min(0.5, ...concepts.map((area) => area.roc_auc_low ?? areaOf(area) ?? 1));
  return Math.floor(lowest * 10) / 10;
}
