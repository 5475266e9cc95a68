/** What a pointer does on a curve of two rates over the stops. */
import { useWorkbench } from "../context.ts";
import type { RateName } from "../rates.ts";
import { nearestPoint } from "../unitPlot.ts";
import { readingText } from "./reading.ts";

/** Puts the threshold to the stop whose point is nearest, and reads the curve off there. */
export function useCurvePointer(across: RateName, up: RateName) {
  const workbench = useWorkbench();
  const { along, sweep } = workbench;
  const nearest = (x: number, y: number) => {
    const rates = sweep.value;
    return rates ? nearestPoint(rates[across], rates[up], x, y) : -1;
  };
  const pick = (x: number, y: number) => {
    const stop = nearest(x, y);
    if (stop >= 0) workbench.setThreshold(along.value?.data.stops[stop] as number);
  };
  const look = (x: number, y: number) => {
    const [of, rates, stop] = [along.value, sweep.value, nearest(x, y)];
    if (!of || !rates || stop < 0) return null;
    const text = readingText(of.data, of.k, stop);
    return { x: rates[across][stop] as number, y: rates[up][stop] as number, text };
  };
  return { pick, look };
}
