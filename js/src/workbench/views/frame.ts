/** Which part of the unit square a plot shows, and how its numbers become places. Pure, but for the context. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** A part of the unit square. */
export interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** All of it. */
export const WHOLE: Frame = { x: [0, 1], y: [0, 1] };

/** Where a number stands between two ends, from 0 to 1; outside below or above. */
export const within = (value: number, [from, to]: readonly [number, number]) => (value - from) / (to - from);

/** The number at a place between two ends. */
export const between = (part: number, [from, to]: readonly [number, number]) => from + part * (to - from);

/** The transform that draws axis units, y upwards, into a drawing of 1 by 1. */
export function frameTransform({ x, y }: Frame): string {
  const [a, d] = [1 / (x[1] - x[0]), 1 / (y[1] - y[0])];
  return `matrix(${a} 0 0 ${-d} ${-x[0] * a} ${1 + y[0] * d})`;
}

/** Five equal steps, as an axis of the frame writes them. */
export function frameTicks([from, to]: readonly [number, number]): { at: number; text: string }[] {
  return [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => {
    const at = Number((from + part * (to - from)).toFixed(6));
    return { at, text: String(at) };
  });
}

/** The frame of the plot around a mark. */
export const FrameContext = createContext<ReadonlySignal<Frame> | null>(null);

/** The frame of the plot around this mark; all of the square where it says none. */
export function useFrame(): ReadonlySignal<Frame> {
  return useContext(FrameContext) ?? computed(() => WHOLE);
}
