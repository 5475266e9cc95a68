/** Steps of precision over recall as SVG path data, in units of the axes. Pure. */
import { coordinate, type Numbers } from "./unitPlot.ts";

/**
 * Steps through rows of ascending recall: a row's precision holds from the recall of the row before it, so that the area
 * below is the sum that average precision is. Rows whose precision is undefined, where nothing is predicted, are left out.
 */
export function stepPath(recall: Numbers, precision: Numbers, from: number, to: number): string {
  let path = "";
  let before = 0;
  for (let i = from; i < to; i++) {
    const [x, y] = [recall[i] as number, precision[i] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    if (path === "") path = `M${coordinate(before)},${coordinate(y)}`;
    else path += `V${coordinate(y)}`;
    if (x > before) path += `H${coordinate(x)}`;
    before = Math.max(before, x);
  }
  return path.includes("H") ? path : "";
}
