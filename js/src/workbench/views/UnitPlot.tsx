/** What every plot is drawn in. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useContext, useId } from "preact/hooks";
import { LateContext, late } from "../../parts/late.tsx";
import { between, type Frame, FrameContext, frameTicks, frameTransform, WHOLE, within } from "./frame.ts";
import { dragged } from "./pointer.ts";
import "./plot.css";

const How = late<typeof import("./HowDrawn.late.tsx")>("views/HowDrawn");

/** A tick of an axis: where, in its units, and what it says. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** What a plot tells of the place under the pointer: where exactly that is, and in words. */
export interface Reading {
  readonly x: number;
  readonly y: number;
  readonly text: string;
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
  /** Ticks of the y axis; by default those of its frame. */
  yTicks?: readonly Tick[];
  /** What stands above the square: key, AUC. */
  head: ComponentChildren;
  /** Words over an empty square. */
  hint: string;
  /** Paths in axis units. */
  curves: ComponentChildren;
  /** Marks that follow the threshold, positioned in per cent of the square. */
  marks: ComponentChildren;
  /** Which part of the square is shown; all of it by default. */
  frame?: ReadonlySignal<Frame>;
  /** What is at (x, y) in axis units; null for nothing to tell. */
  onLook?: (x: number, y: number) => Reading | null;
  /** A pointer went to (x, y) in axis units. */
  onPick: (x: number, y: number) => void;
  /** The pointer was released. */
  onPickEnd: () => void;
}

/** Where a pointer is, in axis units; outside the square beyond its frame. */
function axisUnits(event: PointerEvent, frame: Frame): [number, number] {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const [left, up] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  return [between(left, frame.x), between(up, frame.y)];
}

/** The numbers along an axis; `side` is the edge of the square from which they are placed. */
function Ticks({
  axis,
  side,
  ticks,
  ends,
}: {
  axis: "x" | "y";
  side: "left" | "bottom";
  ticks: readonly Tick[];
  ends: readonly [number, number];
}) {
  return (
    <div class={`cew-ticks-${axis}`}>
      {ticks.map(({ at, text }) => (
        <span key={at} style={{ [side]: `${within(at, ends) * 100}%` }}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** What is under the pointer: a ring on the curve, and words in the corner that is farthest from it. */
function ReadOut({ reading, frame }: { reading: ReadonlySignal<Reading | null>; frame: Frame }) {
  const shown = reading.value;
  if (shown === null) return null;
  const [x, y] = [within(shown.x, frame.x), within(shown.y, frame.y)];
  return (
    <>
      <i class="cew-ring" style={{ left: `${x * 100}%`, top: `${(1 - y) * 100}%` }} />
      <p class="cew-read-out" style={{ [x < 0.5 ? "right" : "left"]: "4px", [y < 0.5 ? "top" : "bottom"]: "4px" }}>
        {shown.text}
      </p>
    </>
  );
}

/** Grid lines as one path: a line costs nothing then. */
const grid = (x: readonly Tick[], y: readonly Tick[], { x: [left, right], y: [low, high] }: Frame) =>
  x.map(({ at }) => `M${at},${low}V${high}`).join("") + y.map(({ at }) => `M${left},${at}H${right}`).join("");

/** The square itself; what is pressed or dragged on it is told in axis units. */
function Square({ shown, xTicks, ...props }: UnitPlotProps & { shown: Frame; xTicks: readonly Tick[] }) {
  const { yTicks = frameTicks(shown.y), curves, marks, hint, onLook, onPick, onPickEnd } = props;
  const reading = useSignal<Reading | null>(null);
  const look = (event: PointerEvent) => {
    reading.value = onLook && event.pointerType !== "touch" ? onLook(...axisUnits(event, shown)) : null;
  };
  const drag = dragged((event) => onPick(...axisUnits(event, shown)), onPickEnd);
  return (
    <div
      class={`cew-square ${shown === WHOLE ? "" : "cew-zoomed"}`}
      {...drag}
      onPointerMove={(event) => {
        drag.onPointerMove(event);
        look(event);
      }}
      onPointerLeave={() => {
        reading.value = null;
      }}
    >
      <svg class="cew-curves" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <g transform={frameTransform(shown)}>
          <path class="cew-grid" d={grid(xTicks, yTicks, shown)} />
          {curves}
        </g>
      </svg>
      <svg class="cew-marks" aria-hidden="true">
        {marks}
      </svg>
      <ReadOut reading={reading} frame={shown} />
      {hint && <p class="cew-hint">{hint}</p>}
    </div>
  );
}

/** A button that shows a corner of the square larger, and all of it again. */
export function Zoom({ zoomed, text, onZoom }: { zoomed: boolean; text: string; onZoom: (zoomed: boolean) => void }) {
  return (
    <button
      type="button"
      class="cew-layer cew-zoom"
      aria-pressed={zoomed}
      aria-label={zoomed ? "Reset zoom" : text}
      title={zoomed ? "" : text}
      onClick={() => onZoom(!zoomed)}
    >
      {zoomed ? "Reset zoom" : "Zoom"}
    </button>
  );
}

/**
 * Axes of the unit square with two drawings: curves, which change with the data, under marks, which follow the pointer.
 *
 * The lower drawing's user units are axis units (its group flips y), so a path can be read back as numbers. The upper one is a
 * layer of its own: moving a mark repaints no curve. A frame shows a part of the square larger.
 */
export function UnitPlot(props: UnitPlotProps) {
  const id = useId();
  const frame = useComputed(() => props.frame?.value ?? WHOLE);
  const shown = frame.value;
  const xTicks = frameTicks(shown.x);
  return (
    <figure class={`cew-plot ${props.className}`}>
      <figcaption class="cew-plot-head">{props.head}</figcaption>
      <p id={id} hidden>
        {props.description}
      </p>
      <div class="cew-plot-body" role="img" aria-label={props.name} aria-describedby={id}>
        <span class="cew-axis-y">{props.yLabel}</span>
        <Ticks axis="y" side="bottom" ticks={props.yTicks ?? frameTicks(shown.y)} ends={shown.y} />
        <FrameContext.Provider value={frame}>
          <Square {...props} shown={shown} xTicks={xTicks} />
        </FrameContext.Provider>
        <Ticks axis="x" side="left" ticks={xTicks} ends={shown.x} />
        <span class="cew-axis-x">{props.xLabel}</span>
      </div>
      <div class="cew-how-drawn">{useContext(LateContext)?.here.value && <How plot={props.className} />}</div>
    </figure>
  );
}
