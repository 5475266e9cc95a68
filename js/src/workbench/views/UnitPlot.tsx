/** What every plot is drawn in. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { TICKS } from "../unitPlot.ts";
import { dragged } from "./pointer.ts";
import "./plot.css";

/** A tick of an axis: where, from 0 to 1, and what it says. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Ticks of the unit interval. */
const UNIT: readonly Tick[] = TICKS.map((at) => ({ at, text: String(at) }));
const percent = (t: number) => `${t * 100}%`;

/** Grid lines as one path: a line costs nothing then. */
function grid(yTicks: readonly Tick[]): string {
  return UNIT.map(({ at }) => `M${at},0V1`).join("") + yTicks.map(({ at }) => `M0,${at}H1`).join("");
}

/** What a plot is made of. */
export interface UnitPlotProps {
  /** Its accessible name. */
  name: string;
  className: string;
  /** What it shows, in a sentence that follows the threshold. */
  description: ReadonlySignal<string>;
  xLabel: string;
  yLabel: string;
  /** Ticks of the y axis; by default those of the unit interval. */
  yTicks?: readonly Tick[];
  /** What stands above the square: key, AUC. */
  head: ComponentChildren;
  /** Words over an empty square. */
  hint: string;
  /** Paths in axis units. */
  curves: ComponentChildren;
  /** Marks that follow the threshold, positioned in per cent of the square. */
  marks: ComponentChildren;
  /** A pointer went to (x, y) in axis units. */
  onPick: (x: number, y: number) => void;
  /** The pointer was released. */
  onPickEnd: () => void;
}

/** Where a pointer is, in axis units; outside the square below 0 or above 1. */
function axisUnits(event: PointerEvent): [number, number] {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
}

/** The numbers along an axis; `side` is the edge of the square from which they are placed. */
function Ticks({ axis, side, ticks }: { axis: "x" | "y"; side: "left" | "bottom"; ticks: readonly Tick[] }) {
  return (
    <div class={`cew-ticks-${axis}`}>
      {ticks.map(({ at, text }) => (
        <span key={at} style={{ [side]: percent(at) }}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** The square itself; what is pressed or dragged on it is told in axis units. */
function Square({ yTicks = UNIT, curves, marks, hint, onPick, onPickEnd }: UnitPlotProps) {
  return (
    <div class="cew-square" {...dragged((event) => onPick(...axisUnits(event)), onPickEnd)}>
      <svg class="cew-curves" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <g transform="matrix(1 0 0 -1 0 1)">
          <path class="cew-grid" d={grid(yTicks)} />
          {curves}
        </g>
      </svg>
      <svg class="cew-marks" aria-hidden="true">
        {marks}
      </svg>
      {hint && <p class="cew-hint">{hint}</p>}
    </div>
  );
}

/**
 * Axes of the unit square with two drawings: curves, which change with the data, under marks, which follow the pointer.
 *
 * The lower drawing's user units are axis units (its group flips y), so a path can be read back as numbers. The upper one is a
 * layer of its own: moving a mark repaints no curve.
 */
export function UnitPlot(props: UnitPlotProps) {
  const id = useId();
  return (
    <figure class={`cew-plot ${props.className}`}>
      <figcaption class="cew-plot-head">{props.head}</figcaption>
      <p id={id} hidden>
        {props.description}
      </p>
      <div class="cew-plot-body" role="img" aria-label={props.name} aria-describedby={id}>
        <span class="cew-axis-y">{props.yLabel}</span>
        <Ticks axis="y" side="bottom" ticks={props.yTicks ?? UNIT} />
        <Square {...props} />
        <Ticks axis="x" side="left" ticks={UNIT} />
        <span class="cew-axis-x">{props.xLabel}</span>
      </div>
    </figure>
  );
}
