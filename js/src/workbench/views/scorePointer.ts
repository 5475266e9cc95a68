/** What a pointer does on a plot along whose x axis thresholds lie. */
import { useWorkbench } from "../context.ts";
import { nearestStop } from "../metrics.ts";
import { readingText } from "./reading.ts";

/** Puts the threshold to the nearest stop, and reads off what is there. */
export function useScorePointer() {
  const workbench = useWorkbench();
  const { along } = workbench;
  const pick = (x: number) => {
    const stops = along.value?.data.stops;
    if (stops?.length) workbench.setThreshold(stops[nearestStop(stops, x)] as number);
  };
  const read = (x: number) => {
    const { data, k = 0 } = along.value ?? {};
    if (!data?.stops.length) return null;
    const stop = nearestStop(data.stops, x);
    return { stop, at: data.stops[stop] as number, text: readingText(data, k, stop) };
  };
  return { pick, read };
}
