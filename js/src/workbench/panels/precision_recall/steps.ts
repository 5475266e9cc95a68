/** Precision–recall curves as steps. Pure. */
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { stepPath } from "../../stepPath.ts";
import type { Numbers } from "../../unitPlot.ts";

/** What Python sent. */
export type PrecisionRecall = Section<"precision_recall">;

/** Area under such a path; NaN for an empty one. */
export function stepArea(d: string): number {
  if (d === "") return Number.NaN;
  let [area, x, y] = [0, 0, 0];
  for (const [, command, values] of d.matchAll(/([MVH])([^MVH]+)/g)) {
    const numbers = (values as string).split(",").map(Number);
    if (command === "M") [x, y] = numbers as [number, number];
    else if (command === "V") y = numbers[0] as number;
    else {
      area += ((numbers[0] as number) - x) * y;
      x = numbers[0] as number;
    }
  }
  return area;
}

/** Path of concept `k`; the macro average when `k` is the number of concepts. Empty where there is none. */
export function precisionRecallPath(data: Evaluation, { arrays }: PrecisionRecall, k: number): string {
  const concept = data.concepts[k];
  if (concept === undefined) {
    return stepPath(arrays.macro_recall, arrays.macro_precision, 0, arrays.macro_recall.length);
  }
  const [from, to] = [arrays.offsets[k] ?? 0, arrays.offsets[k + 1] ?? 0];
  const { tps, fps, recall, precision } = arrays;
  if (recall && precision) return stepPath(recall, precision, from, to);
  if (!tps || !fps) return "";
  return countedPath(tps.subarray(from, to), fps.subarray(from, to), concept.num_pos);
}

/** Path of the micro average. */
export const microPrecisionRecallPath = ({ arrays }: Section<"micro">): string =>
  countedPath(arrays.pr_tps, arrays.pr_fps, arrays.pr_tps.at(-1) ?? 0);

/** Path through rows of counts. */
function countedPath(tps: Numbers, fps: Numbers, numPos: number): string {
  const recall = Array.from(tps, (tp) => tp / numPos);
  const precision = Array.from(tps, (tp, i) => tp / (tp + (fps[i] as number)));
  return stepPath(recall, precision, 0, tps.length);
}

/** Path of concept `k` in the fold at position `f`; the fold's macro average when `k` is the number of concepts. */
export function foldPrecisionRecallPath(data: Evaluation, { arrays }: PrecisionRecall, f: number, k: number): string {
  const { fold_offsets: offsets, fold_recall: recall, fold_precision: precision } = arrays;
  if (!offsets || !recall || !precision) return "";
  const at = f * (data.concepts.length + 1) + k;
  return stepPath(recall, precision, offsets[at] ?? 0, offsets[at + 1] ?? 0);
}

/** The share of positives, which is the precision of guessing; of the macro average the mean over those averaged. */
export function prevalence(data: Evaluation, k: number): number | null {
  const chosen = k < data.concepts.length ? data.concepts.slice(k, k + 1) : data.concepts;
  const shares = chosen.filter((one) => one.num_pos > 0).map((one) => one.num_pos / (one.num_pos + one.num_neg));
  return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null;
}
