/** What is compared, and the rows of its table. Pure. */
import { when } from "../../../parts/format.ts";
import type { ComparedRow, RunRow } from "../../../wire/contract.generated.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { whichOf } from "../../run.ts";
import { nearestPoint } from "../../unitPlot.ts";

/** What Python sent. */
export type Compared = Section<"compare">;
/** Another evaluation measured against the first. */
export type Other = Compared["head"]["others"][number];

/** A run or evaluation that can be ticked. */
export interface Candidate {
  readonly key: string;
  readonly title: string;
  readonly about: string;
}

/** What is on screen, as far as a comparison needs to know it. */
export type OnScreen = Pick<Evaluation, "run" | "title" | "kind_label">;

/** What can be compared: what is, in its order, then what is on screen, then every other run that has a result. */
export function candidates(
  compared: readonly ComparedRow[],
  runs: readonly RunRow[],
  screen: OnScreen | null = null,
): Candidate[] {
  const which = whichOf(runs);
  const dates = new Map(runs.map((run) => [run.key, run.created_at]));
  /** The same, with which of several alike it is, and its date. */
  const told = (key: string, title: string, about: string): Candidate => {
    const date = when(dates.get(key) ?? "")?.relative;
    return { key, title, about: [about, which(key), date].filter(Boolean).join(" · ") };
  };
  const ticked = compared.map(({ run, title, kind_label }) => told(run, title, kind_label));
  const has = (key: string) => compared.some(({ run }) => run === key);
  const shown = screen && !has(screen.run) ? [screen] : [];
  const others = runs.filter(({ key, status }) => status === "evaluated" && !has(key) && key !== screen?.run);
  return [
    ...ticked,
    ...shown.map(({ run, title, kind_label }) => told(run, title, kind_label)),
    ...others.map((run) =>
      told(run.key, versionName(run), `${capital(run.method_label)} on ${run.dataset_label || "its data"}`),
    ),
  ];
}

/** As the kinds of those that were read begin. */
const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** Model and version of a run, out of the version's key: owner, app, model, version. */
function versionName({ version_key }: RunRow): string {
  const [model = "", version = ""] = version_key.split("/").slice(-2);
  return `${model}, version ${version.length > 20 ? version.slice(0, 8) : version}`;
}

/** The letter that stands for the evaluation at a place. */
export const letter = (at: number): string => String.fromCharCode(65 + at);

/** In which order the concepts stand. */
export type Order = "drop" | "gain" | "p" | "given";

/** One concept of the table. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly first: number;
  readonly other: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Adjusted by Holm over the concepts. */
  readonly p: number;
  readonly reason: string;
}

/** The differences of the other at place `j` (from 0), by concept; undefined ones last. */
export function rows({ head, arrays }: Compared, j: number, order: Order): Row[] {
  const size = head.concepts.length;
  const at = (k: number) => j * size + k;
  const all = head.concepts.map((id, k) => ({
    id,
    name: head.names[k] || id,
    first: arrays.first[at(k)] as number,
    other: arrays.second[at(k)] as number,
    difference: arrays.difference[at(k)] as number,
    low: arrays.low[at(k)] as number,
    high: arrays.high[at(k)] as number,
    p: arrays.p_holm[at(k)] as number,
    reason: (Object.hasOwn(head.others[j]?.reasons ?? {}, id) && head.others[j]?.reasons[id]) || "",
  }));
  if (order === "given") return all;
  const value = (row: Row) => ({ drop: row.difference, gain: -row.difference, p: row.p })[order];
  const last = (x: number) => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : x);
  return all.sort((a, b) => Math.sign(last(value(a)) - last(value(b))) || 0);
}

/** The farthest that an interval or a difference reaches from 0, for a common scale. */
export function reach(all: readonly Row[]): number {
  const ends = all.flatMap(({ difference, low, high }) => [difference, low, high]).filter((x) => !Number.isNaN(x));
  return Math.max(0.01, ...ends.map(Math.abs));
}

/** The curves of all: the points of each are from its offset to the next. */
export interface Lines {
  readonly offsets: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** NaN where none gives the point. */
  readonly thresholds: ArrayLike<number>;
  /** Whether a point's height holds from the x of the point before it; else lines are straight. */
  readonly steps: boolean;
}

/** The ROC curves, or those of precision over recall. */
export function linesOf({ arrays }: Compared, kind: "roc" | "pr"): Lines {
  const { offsets, fpr, tpr, thresholds, pr_offsets, recall, precision, pr_thresholds } = arrays;
  return kind === "roc"
    ? { offsets, x: fpr, y: tpr, thresholds, steps: false }
    : { offsets: pr_offsets, x: recall, y: precision, thresholds: pr_thresholds, steps: true };
}

/** The point nearest to a place, and of which curve it is; null where nothing is drawn. */
export function nearestOf({ offsets, x, y }: Lines, px: number, py: number): { curve: number; at: number } | null {
  const at = nearestPoint(x, y, px, py);
  if (at < 0) return null;
  let curve = 0;
  while ((offsets[curve + 1] ?? Number.POSITIVE_INFINITY) <= at) curve += 1;
  return { curve, at };
}

/** How high a curve is at x; NaN where it is not drawn. */
export function heightAt({ offsets, x, y, steps }: Lines, curve: number, px: number): number {
  const [from, to] = [offsets[curve] ?? 0, offsets[curve + 1] ?? 0];
  let next = from;
  while (next < to && (steps ? (x[next] as number) < px : (x[next] as number) <= px)) next += 1;
  if (next === to) return to > from && x[to - 1] === px ? (y[to - 1] as number) : Number.NaN;
  if (steps) return y[next] as number;
  if (next === from) return Number.NaN;
  const [x0, x1, y0, y1] = [x[next - 1], x[next], y[next - 1], y[next]] as [number, number, number, number];
  return y0 + ((y1 - y0) * (px - x0)) / (x1 - x0);
}
