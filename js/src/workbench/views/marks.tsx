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

/** What is written beside a mark: `line` of `lines`, from 0. */
interface MarkNoteProps {
  x: Place;
  y: Place;
  line?: number;
  lines?: number;
  children: ComponentChildren;
}

/**
 * A line of words under a mark, or above one that lies low.
 *
 * As far along the words as the mark is along the plot: however narrow the plot, they do not leave it.
 */
export function MarkNote({ x, y, line = 0, lines = 1, children }: MarkNoteProps) {
  const frame = useFrame();
  const { left, top, visibility } = usePlace(x, y);
  const along = useComputed(() => `transform: translateX(-${left.value})`);
  const dy = useComputed(() => (within(y.value ?? 0, frame.value.y) < 0.3 ? 1 - 13 * lines : 20) + 13 * line);
  return (
    <text class="cew-mark-note" x={left} y={top} dy={dy} style={along} visibility={visibility}>
      {children}
    </text>
  );
}

/** A vertical line at x in axis units. */
export function Rule({ x }: { x: ReadonlySignal<number> }) {
  const at = useComputed(() => percent(Math.min(1, Math.max(0, x.value))));
  return <line class="cew-rule" x1={at} x2={at} y1="0" y2="100%" />;
}
