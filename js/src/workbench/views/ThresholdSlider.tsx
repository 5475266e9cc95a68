import { useComputed } from "@preact/signals";
import { threshold as thresholdText } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import { lowerBound, nearestStop } from "../metrics.ts";
import "./slider.css";

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

/**
 * The one slider: moves the marks of every plot in the frame of the pointer's move, and stops only where counts are exact.
 *
 * It shows and moves the threshold of the concept on screen: its own where it has one, else the common one.
 */
export function ThresholdSlider() {
  const workbench = useWorkbench();
  const { evaluation, threshold } = workbench;
  const stops = () => evaluation.value?.stops ?? new Float64Array();
  const now = useComputed(() => threshold.value);
  const text = useComputed(() => thresholdText(threshold.value, evaluation.value?.dtype));
  const place = useComputed(() => `--at: ${Math.min(1, Math.max(0, threshold.value)).toFixed(6)}`);

  const slide = (event: PointerEvent) => {
    if (!(event.buttons & 1) || stops().length === 0) return;
    const rail = (event.currentTarget as HTMLElement).querySelector(".cew-slider-rail") as HTMLElement;
    const box = rail.getBoundingClientRect();
    workbench.setThreshold(stops()[nearestStop(stops(), (event.clientX - box.left) / box.width)] as number);
  };
  const press = (event: PointerEvent) => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    slide(event);
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || stops().length === 0) return;
    const next = stopForKey(event.key, stops(), threshold.value);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    workbench.setThreshold(next);
  };
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
        onPointerDown={press}
        onPointerMove={slide}
        onPointerUp={() => workbench.flushThreshold()}
        onKeyDown={key}
        onKeyUp={() => workbench.flushThreshold()}
      >
        <div class="cew-slider-rail">
          <div class="cew-slider-done" />
          <div class="cew-slider-place">
            <div class="cew-slider-thumb" />
          </div>
        </div>
      </div>
    </div>
  );
}
