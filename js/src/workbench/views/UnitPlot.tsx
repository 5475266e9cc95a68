import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { TICKS } from "../unitPlot.ts";
import "./plot.css";

/** A tick of an axis: where, from 0 to 1, and what it says. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

const UNIT: readonly Tick[] = TICKS.map((at) => ({ at, text: String(at) }));
const percent = (t: number) => `${t * 100}%`;

function grid(yTicks: readonly Tick[]): string {
  return UNIT.map(({ at }) => `M${at},0V1`).join("") + yTicks.map(({ at }) => `M0,${at}H1`).join("");
}

/** What a plot is made of. */
export interface UnitPlotProps {
  name: string;
  className: string;
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
  onPickEnd: () => void;
}

function axisUnits(event: PointerEvent): [number, number] {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
}

/**
 * Axes of the unit square with two drawings: curves, which change with the data, under marks, which follow the pointer.
 *
 * The lower drawing's user units are axis units (its group flips y), so a path can be read back as numbers. The upper one is a
 * layer of its own: moving a mark repaints no curve.
 */
export function UnitPlot(props: UnitPlotProps) {
  const { yTicks = UNIT } = props;
  const id = useId();
  const pick = (event: PointerEvent) => {
    if (event.buttons & 1) props.onPick(...axisUnits(event));
  };
  const press = (event: PointerEvent) => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    pick(event);
  };
  return (
    <figure class={`cew-plot ${props.className}`}>
      <figcaption class="cew-plot-head">{props.head}</figcaption>
      <p id={id} hidden>
        {props.description}
      </p>
      <div class="cew-plot-body" role="img" aria-label={props.name} aria-describedby={id}>
        <span class="cew-axis-y">{props.yLabel}</span>
        <div class="cew-ticks-y">
          {yTicks.map(({ at, text }) => (
            <span key={at} style={{ bottom: percent(at) }}>
              {text}
            </span>
          ))}
        </div>
        <div class="cew-square" onPointerDown={press} onPointerMove={pick} onPointerUp={props.onPickEnd}>
          <svg class="cew-curves" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            <g transform="matrix(1 0 0 -1 0 1)">
              <path class="cew-grid" d={grid(yTicks)} />
              {props.curves}
            </g>
          </svg>
          <svg class="cew-marks" aria-hidden="true">
            {props.marks}
          </svg>
          {props.hint && <p class="cew-hint">{props.hint}</p>}
        </div>
        <div class="cew-ticks-x">
          {UNIT.map(({ at, text }) => (
            <span key={at} style={{ left: percent(at) }}>
              {text}
            </span>
          ))}
        </div>
        <span class="cew-axis-x">{props.xLabel}</span>
      </div>
    </figure>
  );
}
