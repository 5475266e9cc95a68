/** The bins of a reliability diagram as paths in axis units. Pure. */
import type { Section } from "../../../wire/payload.ts";
import type { Bin } from "../../views/BinInputs.tsx";

/** What Python sent. */
export type Calibration = Section<"calibration">;

/** Half the width of an interval's ends. */
const CAP = 0.008;

/** A coordinate in as few digits as a screen can show. */
const coordinate = (x: number): string => String(Math.round(x * 1e6) / 1e6);

/** The share of positives of every bin. */
export const shares = ({ arrays }: Calibration): number[] =>
  Array.from(arrays.positives, (positives, i) => positives / (arrays.sizes[i] as number));

/** A line from bin to bin; a single bin is a dot only. */
export function linePath(section: Calibration): string {
  const points = shares(section).map((share, i) => {
    return `${coordinate(section.arrays.mean_scores[i] as number)},${coordinate(share)}`;
  });
  return points.length > 1 ? `M${points.join("L")}` : "";
}

/** The interval of every bin's share, as an upright with two ends. */
export function intervalPath({ arrays }: Calibration): string {
  return Array.from(arrays.mean_scores, (x, i) => {
    const [low, high] = [coordinate(arrays.low[i] as number), coordinate(arrays.high[i] as number)];
    const ends = `${coordinate(x - CAP)},`;
    const to = coordinate(x + CAP);
    return `M${coordinate(x)},${low}V${high}M${ends}${low}H${to}M${ends}${high}H${to}`;
  }).join("");
}

/** How many bins' intervals leave the diagonal out. */
export function offDiagonal({ arrays }: Calibration): number {
  return Array.from(arrays.mean_scores).filter(
    (x, i) => x < (arrays.low[i] as number) || x > (arrays.high[i] as number),
  ).length;
}

/** Position of the bin whose mean score is nearest to `x`; -1 when there is none. */
export function nearestBin({ arrays }: Calibration, x: number): number {
  const away = Array.from(arrays.mean_scores, (mean) => Math.abs(mean - x));
  return away.indexOf(Math.min(...away));
}

/** The bin in which a threshold lies; null where there is none. */
export function binOf({ arrays }: Calibration, threshold: number): Bin | null {
  const { starts, positives, sizes } = arrays;
  const i = Math.max(
    0,
    starts.findLastIndex((start) => start <= threshold),
  );
  const found = positives[i];
  if (found === undefined) return null;
  return {
    low: starts[i] as number,
    high: starts[i + 1] ?? null,
    positives: found,
    negatives: (sizes[i] ?? 0) - found,
  };
}
