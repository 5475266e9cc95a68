/** The threshold's slider. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { rate } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import { lowerBound, nearestStop } from "../metrics.ts";
import { everyScore, nextChange, thresholdText } from "../thresholds.ts";
import type { Workbench } from "../workbench.ts";
import { dragged } from "./pointer.ts";
import "./slider.css";

/** How far Page Up and Page Down go. */
const PAGE = 0.1;

/**
 * The threshold that a key leads to from `t`; null for a key that moves nothing. Arrows go to the next stop at which
 * the counts of concept `k` change, page keys a tenth further.
 */
export function thresholdForKey(key: string, data: Evaluation, k: number, t: number): number | null {
  const { stops } = data;
  const clamp = (i: number) => stops[Math.min(stops.length - 1, Math.max(0, i))] ?? null;
  const at = lowerBound(stops, t);
  if (stops.length === 0) return null;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return nextChange(data, k, t, 1);
    case "ArrowLeft":
    case "ArrowDown":
      return nextChange(data, k, t, -1);
    case "PageUp":
      return clamp(Math.max(nearestStop(stops, t + PAGE), at + 1));
    case "PageDown":
      return clamp(Math.min(nearestStop(stops, t - PAGE), at - 1));
    case "Home":
      return clamp(0);
    case "End":
      return clamp(stops.length - 1);
    default:
      return null;
  }
}

/** Where the rail of the slider that is pressed begins, and how long it is. */
function railOf(event: PointerEvent): DOMRect {
  return (
    (event.currentTarget as HTMLElement).querySelector(".cew-slider-rail") as HTMLElement
  ).getBoundingClientRect();
}

/** Moves the threshold by pointer and keys; nothing moves while there are no stops to go to. */
function useHandlers(workbench: Workbench) {
  // A drag stops where all that moves with it is counted: with others at the common stops.
  const stops = () =>
    (workbench.ownOnScreen ? workbench.along.value?.data : workbench.evaluation.value)?.stops ?? new Float64Array();
  const release = () => workbench.flushThreshold();
  // Measured once a press: to measure at each move would lay the page out a second time in every frame.
  const rail = useRef<DOMRect | null>(null);
  const slide = (event: PointerEvent) => {
    if (event.type === "pointerdown" || rail.current === null) rail.current = railOf(event);
    const along = (event.clientX - rail.current.left) / rail.current.width;
    if (stops().length > 0) workbench.setThreshold(stops()[nearestStop(stops(), along)] as number);
  };
  const key = (event: KeyboardEvent) => {
    const of = workbench.along.value;
    if (event.ctrlKey || event.metaKey || event.altKey || of === null) return;
    const next = thresholdForKey(event.key, of.data, of.k, workbench.threshold.value);
    if (next === null) return;
    // The page would scroll, and the notebook would move to another cell.
    event.preventDefault();
    event.stopPropagation();
    workbench.setThreshold(next);
  };
  return { ...dragged(slide, release), onKeyDown: key, onKeyUp: release };
}

/** The rail with its thumb, placed by one custom property: no layout while it moves. */
function Rail() {
  return (
    <div class="cew-slider-rail">
      <div class="cew-slider-done" />
      <div class="cew-slider-place">
        <div class="cew-slider-thumb" />
      </div>
    </div>
  );
}

/** The threshold in words, with what it gives. */
function spoken(workbench: Workbench): string {
  const data = workbench.along.value?.data;
  if (data === undefined) return thresholdText(workbench.threshold.value, new Float64Array(), "float64");
  const [shown, k] = [workbench.evaluation.value ?? data, workbench.conceptIndex.value];
  const text = thresholdText(workbench.threshold.value, everyScore(shown, k, data.stops), data.dtype);
  const point = workbench.point.value;
  return point ? `${text}, precision ${rate(point.precision)}, recall ${rate(point.recall)}` : text;
}

/** Tells a screen reader where a click or drag on a plot has set the threshold, and what it gives there. */
export function ThresholdSaid() {
  const workbench = useWorkbench();
  const text = useComputed(() => (workbench.said.value === null ? "" : `Threshold set to ${spoken(workbench)}`));
  return (
    <p class="cew-said cew-visually-hidden" role="status">
      {text}
    </p>
  );
}

/**
 * The one slider: moves the marks of every plot in the frame of the pointer's move, and stops only where counts are exact.
 *
 * It shows and moves the threshold of the concept on screen: its own where it has one, else the common one. Its attributes
 * are bound to the signals, so that a move renders nothing anew.
 */
export function ThresholdSlider() {
  const workbench = useWorkbench();
  const { evaluation, threshold } = workbench;
  const now = useComputed(() => threshold.value);
  const text = useComputed(() => spoken(workbench));
  const place = useComputed(() => `--at: ${Math.min(1, Math.max(0, threshold.value)).toFixed(6)}`);
  return (
    <div
      class="cew-slider"
      role="slider"
      tabIndex={0}
      aria-label="Threshold"
      aria-disabled={evaluation.value === null}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={now}
      aria-valuetext={text}
      style={place}
      {...useHandlers(workbench)}
    >
      <Rail />
    </div>
  );
}
