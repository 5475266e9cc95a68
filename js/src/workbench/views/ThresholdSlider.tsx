/** The threshold's slider. */
import { useComputed } from "@preact/signals";
import { threshold as thresholdText } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import { lowerBound, nearestStop } from "../metrics.ts";
import type { Workbench } from "../workbench.ts";
import { dragged } from "./pointer.ts";
import "./slider.css";

/** How far Page Up and Page Down go. */
const PAGE = 0.1;

/** Stop that a key leads to from threshold `t`; null for a key that moves nothing. */
export function stopForKey(key: string, stops: Float64Array, t: number): number | null {
  const last = stops.length - 1;
  const at = lowerBound(stops, t);
  const on = stops[at] === t;
  const clamp = (i: number) => stops[Math.min(last, Math.max(0, i))] ?? null;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return clamp(on ? at + 1 : at);
    case "ArrowLeft":
    case "ArrowDown":
      return clamp(at - 1);
    case "PageUp":
      return clamp(Math.max(nearestStop(stops, t + PAGE), at + 1));
    case "PageDown":
      return clamp(Math.min(nearestStop(stops, t - PAGE), at - 1));
    case "Home":
      return clamp(0);
    case "End":
      return clamp(last);
    default:
      return null;
  }
}

/** Where a pointer is along the slider's rail, from 0 to 1. */
function alongRail(event: PointerEvent): number {
  const rail = (event.currentTarget as HTMLElement).querySelector(".cew-slider-rail") as HTMLElement;
  const box = rail.getBoundingClientRect();
  return (event.clientX - box.left) / box.width;
}

/** Moves the threshold by pointer and keys; nothing moves while there are no stops to go to. */
function useHandlers(workbench: Workbench) {
  const stops = () => workbench.evaluation.value?.stops ?? new Float64Array();
  const release = () => workbench.flushThreshold();
  const slide = (event: PointerEvent) => {
    if (stops().length > 0) workbench.setThreshold(stops()[nearestStop(stops(), alongRail(event))] as number);
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || stops().length === 0) return;
    const next = stopForKey(event.key, stops(), workbench.threshold.value);
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
  const text = useComputed(() => thresholdText(threshold.value, evaluation.value?.dtype));
  const place = useComputed(() => `--at: ${Math.min(1, Math.max(0, threshold.value)).toFixed(6)}`);
  return (
    <div class="cew-threshold">
      <div class="cew-threshold-head">
        <span class="cew-label">Threshold</span>
        <span class="cew-threshold-value" data-value={now}>
          {text}
        </span>
      </div>
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
    </div>
  );
}
