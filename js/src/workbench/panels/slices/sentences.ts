/** Slices in words. Pure. */
import { count, plural, rate, roughly } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";

/** What Python sent. */
export type Slices = Section<"slices">;

/** One slice of the table. */
export interface Slice {
  readonly value: string;
  readonly inputs: number;
  readonly area: number;
  readonly low: number;
  readonly high: number;
  readonly f1: number;
  readonly reason: string;
}

/** The slices, in the order of their values. */
export function slicesOf({ head, arrays }: Slices): Slice[] {
  return head.values.map((value, i) => ({
    value,
    inputs: head.inputs[i] ?? 0,
    area: arrays.roc_auc[i] as number,
    low: arrays.low[i] as number,
    high: arrays.high[i] as number,
    f1: arrays.f1[i] as number,
    reason: head.reasons[i] ?? "",
  }));
}

/** An area with its interval, where it has one. */
export function areaText({ area, low, high }: Slice): string {
  return Number.isNaN(low + high) ? rate(area) : `${rate(area)} [${rate(low)}, ${rate(high)}]`;
}

/** Whose figures these are, and at which threshold. */
export function howSentence({ head }: Slices, data: Evaluation): string {
  const k = data.concepts.findIndex(({ id }) => id === head.concept);
  const whose = k < 0 ? `Macro averages of ${plural(data.concepts.length, "concept")}` : conceptName(data, k);
  return `${whose}: area with its 95 % interval, F1 at ${roughly(head.threshold)}, each of the slice’s inputs alone.`;
}

/** Why there are no slices, or which there are. */
export function foundSentence({ head }: Slices, narrowed: string): string {
  const left = head.without;
  const rest = left > 0 ? ` ${plural(left, "input")} without ${head.by} ${left === 1 ? "is" : "are"} in none.` : "";
  if (head.fields.length > 0) return `${plural(head.values.length, "slice")} by ${head.by}.${rest}`;
  if (narrowed) return "Shown is one part already, with nothing left to slice by: show all inputs to slice again.";
  return `Nothing to slice by: the inputs came with neither folds nor metadata of two to ${count(50)} values.`;
}
