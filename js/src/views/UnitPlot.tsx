import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { TICKS } from "../unitPlot.ts";

const GRID = TICKS.map((t) => `M${t},0V1M0,${t}H1`).join("");
const percent = (t: number) => `${t * 100}%`;

export interface UnitPlotProps {
  name: string;
  className: string;
  description: ReadonlySignal<string>;
  xLabel: string;
  yLabel: string;
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
          {TICKS.map((t) => (
            <span key={t} style={{ bottom: percent(t) }}>
              {t}
            </span>
          ))}
        </div>
        <div class="cew-square" onPointerDown={press} onPointerMove={pick} onPointerUp={props.onPickEnd}>
          <svg class="cew-curves" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            <g transform="matrix(1 0 0 -1 0 1)">
              <path class="cew-grid" d={GRID} />
              {props.curves}
            </g>
          </svg>
          <svg class="cew-marks" aria-hidden="true">
            {props.marks}
          </svg>
          {props.hint && <p class="cew-hint">{props.hint}</p>}
        </div>
        <div class="cew-ticks-x">
          {TICKS.map((t) => (
            <span key={t} style={{ left: percent(t) }}>
              {t}
            </span>
          ))}
        </div>
        <span class="cew-axis-x">{props.xLabel}</span>
      </div>
    </figure>
  );
}
