/** Where a threshold may go, and how it is written. Pure. */
import { threshold } from "../parts/format.ts";
import type { Evaluation } from "./evaluation.ts";
import { exactStopIndex, inDtype, lowerBound } from "./metrics.ts";

/** Most decimals a threshold is shown with; more are in the numbers, not on screen. */
const MOST_DECIMALS = 8;

/** Whether what is known of concept `k` is the same at two stops; of the macro average: of every concept. */
function alike(data: Evaluation, k: number, a: number, b: number): boolean {
  const arrays = data.counts ? [data.counts.tps, data.counts.fps] : Object.values(data.rates ?? {});
  const [from, to] = k < data.concepts.length ? [k, k + 1] : [0, data.concepts.length];
  for (let concept = from; concept < to; concept++) {
    const row = concept * data.stops.length;
    if (arrays.some((values) => !Object.is(values[row + a], values[row + b]))) return false;
  }
  return true;
}

/**
 * The stop to which an arrow key leads from threshold `t`: the next, upwards (1) or downwards (-1), at which the counts of
 * concept `k` are others; the last one that way where none follows.
 *
 * Of the stops that count alike it is the highest, for that is a score itself; so that a step up and a step down meet.
 */
export function nextChange(data: Evaluation, k: number, t: number, step: 1 | -1): number {
  const { stops } = data;
  const last = stops.length - 1;
  const above = Math.min(lowerBound(stops, t), last);
  const from = stops[above] === t ? above : Math.max(0, step > 0 ? above - 1 : above);
  let at = from;
  while (at + step >= 0 && at + step <= last && alike(data, k, from, at)) at += step;
  const changed = at;
  if (step > 0) while (at < last && alike(data, k, changed, at + 1)) at += 1;
  return stops[at] as number;
}

/**
 * The stops between which nothing of concept `k` is counted; none where scores of it, or for the macro average of any concept,
 * lie between those of `stops`.
 */
export function everyScore({ thinned, concepts }: Evaluation, k: number, stops: Float64Array): Float64Array {
  return (k < concepts.length ? thinned.includes(k) : thinned.length > 0) ? new Float64Array() : stops;
}

/**
 * A threshold to be spoken while the slider moves: a stop in as few decimals as tell it from the stop below, never above what
 * it stands for: "0.0645", not "0.06450717". One that is no stop, such as one that a criterion chose, in full.
 */
export function thresholdText(t: number, stops: Float64Array, dtype: Evaluation["dtype"]): string {
  const full = threshold(t, dtype);
  const at = exactStopIndex(stops, t, dtype);
  if (at < 1) return full;
  const key = (x: number) => inDtype(x, dtype);
  const below = key(stops[at - 1] as number);
  for (let decimals = 2; decimals < MOST_DECIMALS; decimals++) {
    const rounded = Number(t.toFixed(decimals));
    const short = rounded > t && key(rounded) !== key(t) ? rounded - 10 ** -decimals : rounded;
    const text = short.toFixed(decimals);
    if (key(Number(text)) > below) return text.length < full.length ? text : full;
  }
  return full;
}

/**
 * A threshold as it is shown: in as few decimals as count the same for concept `k`, or, beyond the last one, for every concept;
 * in full where scores may lie between the stops, or it is none of them.
 */
export const shownThreshold = (data: Evaluation, k: number, t: number): string =>
  thresholdText(t, everyScore(data, k, data.stops), data.dtype);

/** The text of a threshold in a narrow column: no wider than "0.1234", with a mark where digits are left out. */
export function briefThreshold(text: string): string {
  if (text.length <= 6) return text;
  const cut = text.slice(0, 5);
  return Number(cut) > 0 && !text.includes("e") ? `${cut}…` : `~${Number(text).toExponential(0)}`;
}

/** What was typed as a threshold; null when that is no number from 0 to 1. A comma may stand for the point. */
export function typedThreshold(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  const value = plain === "" ? Number.NaN : Number(plain);
  return value >= 0 && value <= 1 ? value : null;
}
