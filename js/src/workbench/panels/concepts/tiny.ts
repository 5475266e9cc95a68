/** A concept's ROC as small as a word. Pure. */
import type { Evaluation } from "../../evaluation.ts";

/** Side of the drawing in pixels. */
export const TINY = 18;

/**
 * The ROC of concept `k` as a path of TINY by TINY pixels, y downwards; empty where there is none. Points that lie less than
 * half a pixel from the last are left out, so that it is at most some dozens however many stops there are.
 */
export function tinyRoc({ stops, counts, rates, concepts }: Evaluation, k: number): string {
  const concept = concepts[k];
  if (concept === undefined || concept.roc_auc === null) return "";
  const [across, up, xTotal, yTotal] = counts
    ? [counts.fps, counts.tps, concept.num_neg, concept.num_pos]
    : [rates?.fpr ?? [], rates?.tpr ?? [], 1, 1];
  let [path, lastX, lastY] = [`M0,${TINY}`, 0, TINY];
  for (let i = stops.length - 1; i >= 0; i--) {
    const x = (TINY * (across[k * stops.length + i] as number)) / xTotal;
    const y = TINY - (TINY * (up[k * stops.length + i] as number)) / yTotal;
    if (Number.isNaN(x + y) || (Math.abs(x - lastX) < 0.5 && Math.abs(y - lastY) < 0.5)) continue;
    path += `L${x.toFixed(1)},${y.toFixed(1)}`;
    [lastX, lastY] = [x, y];
  }
  return `${path}L${TINY},0`;
}
