/** Marks that follow the threshold, for the upper layer of a plot; they stand where the plot's frame puts them. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useFrame, within } from "./frame.ts";

/** A number of the plot that a mark is bound to. */
type Place = ReadonlySignal<number | null>;

/** A place as per cent, fine enough for any screen. */
const percent = (x: number) => `${(x * 100).toFixed(4)}%`;

/** Where (x, y) in axis units is on the plot, and whether it is to be seen; bound to the signals. */
function usePlace(x: Place, y: Place) {
  const frame = useFrame();
  const left = useComputed(() => percent(within(x.value ?? 0, frame.value.x)));
  const top = useComputed(() => percent(1 - within(y.value ?? 0, frame.value.y)));
  const visibility = useComputed(() => (x.value === null || y.value === null ? "hidden" : "visible"));
  return { left, top, visibility };
}

/** A dot's look, and the signals it is bound to. */
interface DotProps {
  className: string;
  x: Place;
  y: Place;
}

/** A dot at (x, y) in axis units; hidden while either is undefined. Bound to the signals: moving it renders nothing anew. */
export function Dot({ className, x, y }: DotProps) {
  const { left, top, visibility } = usePlace(x, y);
  return <circle class={className} r="5.5" cx={left} cy={top} visibility={visibility} />;
}

/** Words beside a mark, on the side where there is room; `dy` is how much lower they stand. */
export function MarkNote({ x, y, dy, children }: { x: Place; y: Place; dy: number; children: ComponentChildren }) {
  const frame = useFrame();
  const { left, top, visibility } = usePlace(x, y);
  const right = useComputed(() => within(x.value ?? 0, frame.value.x) < 0.55);
  const anchor = useComputed(() => (right.value ? "start" : "end"));
  const dx = useComputed(() => (right.value ? 10 : -10));
  return (
    <text class="cew-mark-note" x={left} y={top} dx={dx} dy={dy} text-anchor={anchor} visibility={visibility}>
      {children}
    </text>
  );
}

/** A vertical line at x in axis units. */
export function Rule({ x }: { x: ReadonlySignal<number> }) {
  const at = useComputed(() => percent(Math.min(1, Math.max(0, x.value))));
  return <line class="cew-rule" x1={at} x2={at} y1="0" y2="100%" />;
}
