/** A score histogram as shares of each class, mirrored about the middle of the unit square. Pure. */
import type { Section } from "../../../wire/payload.ts";
import type { Bin } from "../../views/BinInputs.tsx";
import type { Tick } from "../../views/UnitPlot.tsx";

/** What Python sent. */
type Histogram = Section<"histogram">;

/** Steps of the scale, from which the first is taken that leaves at most three ticks a side. */
const STEPS: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** Bars and scale of a drawing. */
export interface Bars {
  /** Paths in axis units: positives upwards from the middle, negatives downwards. */
  readonly positives: string;
  readonly negatives: string;
  readonly yTicks: readonly Tick[];
}

/** Share of its class in every bin; all 0 for a class without inputs. */
export function shares(counts: Uint32Array, total: number): number[] {
  return Array.from(counts, (count) => (total > 0 ? count / total : 0));
}

/** A coordinate in as few digits as a screen can show. */
const coordinate = (x: number): string => String(Math.round(x * 1e6) / 1e6);

/** The outline of bars from `base`, each as high as its share in units of `top`, upwards or (sign -1) downwards. */
function outline(edges: Float64Array, heights: readonly number[], top: number, sign: 1 | -1): string {
  const corners = heights.map((height, i) => {
    const y = coordinate(0.5 + (sign * height) / top / 2);
    return `V${y}H${coordinate(edges[i + 1] as number)}`;
  });
  return `M${coordinate(edges[0] ?? 0)},0.5${corners.join("")}V0.5Z`;
}

/** Ticks at every step on both sides of the middle, which is 0. */
function ticks(top: number, step: number): Tick[] {
  const each = Array.from({ length: Math.floor(top / step + 1e-9) }, (_, i) => (i + 1) * step);
  const tick = (share: number, sign: 1 | -1): Tick => ({
    at: 0.5 + (sign * share) / top / 2,
    text: `${Math.round(share * 100)} %`,
  });
  return [{ at: 0.5, text: "0" }, ...each.flatMap((share) => [tick(share, 1), tick(share, -1)])];
}

/** Bars of one scale for both classes: a class of few inputs is as visible as one of many. */
export function bars({ head, arrays }: Histogram): Bars {
  const positives = shares(arrays.positives, head.num_pos);
  const negatives = shares(arrays.negatives, head.num_neg);
  const highest = Math.max(0.01, ...positives, ...negatives);
  const step = STEPS.find((one) => highest / one <= 3) ?? 0.5;
  const top = Math.ceil(highest / step - 1e-9) * step;
  return {
    positives: outline(arrays.edges, positives, top, 1),
    negatives: outline(arrays.edges, negatives, top, -1),
    yTicks: ticks(top, step),
  };
}

/** Edges of the bin that holds the middle score of a class; null for a class without inputs. */
export function middleBin(edges: Float64Array, counts: Uint32Array): [from: number, to: number] | null {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const at = counts.findIndex((count) => {
    seen += count;
    return count > 0 && seen >= half;
  });
  return at < 0 ? null : [edges[at] as number, edges[at + 1] as number];
}

/** Position of the bin at `x`; the first or the last beyond them. */
export function binAt(edges: Float64Array, x: number): number {
  const after = edges.findIndex((edge) => edge > x);
  return after < 0 ? edges.length - 2 : Math.max(0, after - 1);
}

/** The bin in which a threshold lies; the last one has no end. */
export function binOf({ arrays }: Histogram, threshold: number): Bin {
  const { edges, positives, negatives } = arrays;
  const i = binAt(edges, threshold);
  const high = i + 2 < edges.length ? (edges[i + 1] as number) : null;
  return { low: edges[i] as number, high, positives: positives[i] ?? 0, negatives: negatives[i] ?? 0 };
}
