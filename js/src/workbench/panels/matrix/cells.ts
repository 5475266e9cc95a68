/** The cells of a confusion matrix at the threshold, and what stands out in them. Pure. */
import { count } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { exactStopIndex, lowerBound } from "../../metrics.ts";
import type { Selected } from "../../outcomes.ts";

/** What Python sent. */
export type Matrix = Section<"matrix">;
/** Which matrix. */
export type MatrixKind = Matrix["head"]["kind"];

/** Whether a cell counts how inputs are labelled, whatever they are given: no confusion then. */
export const ofLabels = (kind: MatrixKind): boolean => kind.endsWith("cooccurrence");

/** Whether a matrix is the platform's own, over inputs that need not be here. */
export const ofPlatform = (kind: MatrixKind): boolean => kind.startsWith("platform");

/** One matrix: cell of row j and column k is entry j * size + k. */
export interface Cells {
  readonly size: number;
  /** Inputs labelled with the row that are given the column; null for mean scores. */
  readonly given: Uint32Array | null;
  /** Those of them that are labelled with the column, too: no confusion. Null when no input has two labels. */
  readonly shared: Uint32Array | null;
  /** Mean scores, NaN undefined; null for counts. */
  readonly means: Float64Array | null;
  /** What a cell stands for at least: weaker ones beside the diagonal were left out, as too many. 0: all are here. */
  readonly least: number;
  /** Inputs labelled with each row. */
  readonly labelled: Uint32Array;
}

/** A pair of concepts by index, the first of which is taken for the second. */
export interface Confusion {
  readonly row: number;
  readonly column: number;
  readonly confused: number;
  readonly shared: number;
}

/** Position among the matrix's stops whose counts hold at `t` in column `k`; -1 when they settle nothing. */
function positionAt(
  stops: Float64Array,
  cells: Uint32Array,
  size: number,
  k: number,
  t: number,
  dtype: Evaluation["dtype"],
) {
  const exact = exactStopIndex(stops, t, dtype);
  if (exact >= 0) return exact;
  const above = lowerBound(stops, t);
  if (above === 0 || above >= stops.length) return -1;
  // Counts never rise with the threshold: where both neighbours count alike, they hold in between.
  for (let j = 0; j < size; j++) {
    const at = (j * size + k) * stops.length + above;
    if (cells[at] !== cells[at - 1]) return -1;
  }
  return above;
}

/** The cells at a threshold a concept, out of those at all stops; null where the stops do not settle them. */
function cellsAtStops({ arrays }: Matrix, data: Evaluation, thresholds: readonly number[]): Cells | null {
  const { stops, cells, shared, labelled } = arrays;
  if (!stops || !cells) return null;
  const size = labelled.length;
  const given = new Uint32Array(size * size);
  const both = shared ? new Uint32Array(size * size) : null;
  for (let k = 0; k < size; k++) {
    const m = positionAt(stops, cells, size, k, thresholds[k] ?? Number.NaN, data.dtype);
    if (m < 0) return null;
    for (let j = 0; j < size; j++) {
      const at = (j * size + k) * stops.length + m;
      given[j * size + k] = cells[at] as number;
      if (both && shared) both[j * size + k] = shared[at] as number;
    }
  }
  return { size, given, shared: both, means: null, least: 0, labelled };
}

/** Whether both are the same thresholds. */
export const sameThresholds = (a: readonly number[] | null, b: readonly number[]): boolean =>
  a !== null && a.length === b.length && a.every((value, k) => value === b[k]);

/** The cells that hold at these thresholds, one a concept; null while they are not known. */
export function cellsAt(matrix: Matrix, data: Evaluation, thresholds: readonly number[]): Cells | null {
  const { head, arrays } = matrix;
  if (arrays.stops) return cellsAtStops(matrix, data, thresholds);
  if (head.kind === "count" && !sameThresholds(head.thresholds, thresholds)) return null;
  const { cells = null, shared = null, means = null, thousandths, labelled } = arrays;
  const scores = thousandths ? Float64Array.from(thousandths, meanOf) : means;
  return { size: labelled.length, given: cells, shared, means: scores, least: head.least, labelled };
}

/** A mean score of its thousandths; Python's `UNKNOWN` is an undefined one. */
const meanOf = (sent: number) => (sent === 0xffffffff ? Number.NaN : sent / 1000);

/**
 * The inputs that a cell is of; with `both` those of them that carry both labels and stand apart. Null where there are none
 * to list: behind what the platform counted stand inputs that need not be here, and no more than one label is on the diagonal.
 */
export function behindCell(
  { concepts }: Pick<Evaluation, "concepts">,
  kind: MatrixKind,
  [row, column]: readonly [number, number],
  both = false,
): Selected | null {
  const [actual, concept] = [concepts[row]?.id, concepts[column]?.id];
  const counted = kind === "count" || kind === "argmax";
  const hit = row === column;
  if (ofPlatform(kind) || actual === undefined || concept === undefined || (both && (hit || !counted))) return null;
  const labelled = hit ? null : actual;
  if (kind === "probability") return { concept, outcome: "scored", labelled: actual, given: "threshold" };
  if (!counted) return { concept, outcome: "labelled", labelled, given: "threshold" };
  return { concept, outcome: hit || both ? "tp" : "fp", labelled, given: kind === "argmax" ? "highest" : "threshold" };
}

/** Inputs that are given the column and not labelled with it; on the diagonal those rightly given. */
export function confusedIn({ given, shared, size }: Cells, row: number, column: number): number {
  const at = row * size + column;
  return (given?.[at] ?? 0) - (shared?.[at] ?? 0);
}

/** Share of the row's inputs that a cell stands for, or its mean score; null where there are none. */
export function shareIn(cells: Cells, row: number, column: number): number | null {
  if (cells.means) {
    const mean = cells.means[row * cells.size + column] as number;
    return Number.isNaN(mean) ? null : mean;
  }
  const of = cells.labelled[row] as number;
  return of === 0 ? null : confusedIn(cells, row, column) / of;
}

/** The strongest confusions, by how many inputs; of equals those that are more of their concept. */
export function strongest(cells: Cells, most: number): Confusion[] {
  if (cells.given === null) return [];
  const found: Confusion[] = [];
  const share = ({ row, confused }: Confusion) => confused / (cells.labelled[row] as number);
  const before = (a: Confusion, b: Confusion) => b.confused - a.confused || share(b) - share(a);
  for (let row = 0; row < cells.size; row++) {
    for (let column = 0; column < cells.size; column++) {
      const confused = confusedIn(cells, row, column);
      if (row === column || confused === 0) continue;
      const least = found.at(-1);
      if (found.length === most && least && confused < least.confused) continue;
      found.push({ row, column, confused, shared: cells.shared?.[row * cells.size + column] ?? 0 });
      found.sort(before);
      if (found.length > most) found.pop();
    }
  }
  return found;
}

/** Pixels that a column needs for any number it may show at any threshold, those with both labels beside it. */
export function columnWidth({ labelled, shared }: Cells): number {
  const digits = count(labelled.reduce((a, b) => Math.max(a, b), 0)).length;
  return Math.max(48, Math.ceil(10 + 8 * digits + (shared ? 12 + 6.5 * digits : 0)));
}

/** Position in the grid that a key leads to from `at`; null for a key that moves nothing. */
export function cellForKey(
  key: string,
  [row, column]: readonly [number, number],
  size: number,
): [number, number] | null {
  const within = (x: number) => Math.min(size - 1, Math.max(0, x));
  switch (key) {
    case "ArrowUp":
      return [within(row - 1), column];
    case "ArrowDown":
      return [within(row + 1), column];
    case "ArrowLeft":
      return [row, within(column - 1)];
    case "ArrowRight":
      return [row, within(column + 1)];
    case "Home":
      return [row, 0];
    case "End":
      return [row, size - 1];
    case "PageUp":
      return [0, column];
    case "PageDown":
      return [size - 1, column];
    default:
      return null;
  }
}

/** Steps of shade, from nothing to all of a row's inputs; roots, for most confusions are few. */
export const SHADES = 8;

/** Shade of a share, 0 for none to `SHADES`; anything that is not nothing shows. */
export function shadeOf(share: number | null): number {
  return share === null || share <= 0 ? 0 : Math.max(1, Math.min(SHADES, Math.round(Math.sqrt(share) * SHADES)));
}
