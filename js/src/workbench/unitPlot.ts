/**
 * Lines in the unit square as SVG path data. Pure; knows nobody.
 *
 * One path unit is one axis unit: x and y of a path are the plotted numbers themselves, y upwards (the plot's group flips
 * it), so the area under a ROC path is its AUC. Nine decimals keep that area exact to about 1e-9.
 */

/** Typed arrays and plain ones alike. */
export type Numbers = ArrayLike<number>;

/** A coordinate to nine decimals, as short as it can be written. */
export const coordinate = (x: number): string => String(Math.round(x * 1e9) / 1e9);

/** Path through the points from..to of (x, y), divided by the two totals; empty with fewer than two points or a NaN. */
export function curvePath(x: Numbers, y: Numbers, from: number, to: number, xTotal = 1, yTotal = 1): string {
  if (to - from < 2 || xTotal === 0 || yTotal === 0) return "";
  const parts: string[] = [];
  for (let i = from; i < to; i++) {
    const [px, py] = [(x[i] as number) / xTotal, (y[i] as number) / yTotal];
    if (Number.isNaN(px + py)) return "";
    parts.push(`${coordinate(px)},${coordinate(py)}`);
  }
  return `M${parts.join("L")}`;
}

/** Path of y over x with a gap wherever y is NaN; a defined point between two gaps is drawn as a dot. */
export function gappedPath(x: Numbers, y: Numbers, from = 0, to = y.length): string {
  const parts: string[] = [];
  let open = false;
  for (let i = from; i < to; i++) {
    const value = y[i] as number;
    if (Number.isNaN(value)) {
      open = false;
      continue;
    }
    const point = `${coordinate(x[i - from] as number)},${coordinate(value)}`;
    parts.push(open ? `L${point}` : `M${point}L${point}`);
    open = true;
  }
  return parts.join("");
}

/** The area between two lines over x as one closed path for each stretch where both are defined. */
export function bandPath(x: Numbers, low: Numbers, high: Numbers): string {
  let path = "";
  for (let from = 0; from < x.length; from++) {
    let to = from;
    while (to < x.length && !Number.isNaN((low[to] as number) + (high[to] as number))) to += 1;
    if (to === from) continue;
    const along = Array.from({ length: to - from }, (_, i) => from + i);
    const point = (y: Numbers) => (i: number) => `${coordinate(x[i] as number)},${coordinate(y[i] as number)}`;
    path += `M${[...along.map(point(high)), ...along.reverse().map(point(low))].join("L")}Z`;
    from = to;
  }
  return path;
}

/** Area under a path made here, by trapezoids; NaN for an empty path. */
export function pathArea(d: string): number {
  const points = d
    .slice(1)
    .split("L")
    .map((pair) => pair.split(",").map(Number) as [number, number]);
  if (d === "") return Number.NaN;
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] as [number, number];
    const [x1, y1] = points[i] as [number, number];
    area += ((x1 - x0) * (y0 + y1)) / 2;
  }
  return area;
}

/** Index of the point nearest to (px, py), points with a NaN left out; -1 when there is none. */
export function nearestPoint(x: Numbers, y: Numbers, px: number, py: number): number {
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    const distance = ((x[i] as number) - px) ** 2 + ((y[i] as number) - py) ** 2;
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}
