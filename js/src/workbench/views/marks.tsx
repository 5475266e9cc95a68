/** Marks that follow the threshold, for the upper layer of a plot. */
import { type ReadonlySignal, useComputed } from "@preact/signals";

/** A place in axis units as per cent, fine enough for any screen. */
const percent = (x: number) => `${(x * 100).toFixed(4)}%`;

/** A dot's look, and the signals it is bound to. */
interface DotProps {
  className: string;
  x: ReadonlySignal<number | null>;
  y: ReadonlySignal<number | null>;
}

/** A dot at (x, y) in axis units; hidden while either is undefined. Bound to the signals: moving it renders nothing anew. */
export function Dot({ className, x, y }: DotProps) {
  const cx = useComputed(() => percent(x.value ?? 0));
  const cy = useComputed(() => percent(1 - (y.value ?? 0)));
  const visibility = useComputed(() => (x.value === null || y.value === null ? "hidden" : "visible"));
  return <circle class={className} r="5.5" cx={cx} cy={cy} visibility={visibility} />;
}

/** A vertical line at x in axis units. */
export function Rule({ x }: { x: ReadonlySignal<number> }) {
  const at = useComputed(() => percent(Math.min(1, Math.max(0, x.value))));
  return <line class="cew-rule" x1={at} x2={at} y1="0" y2="100%" />;
}
