/** The threshold as a number that can be typed, and whether it is the concept's own. */
import { useComputed, useSignal } from "@preact/signals";
import { threshold as inFull } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import { shownThreshold, typedThreshold } from "../thresholds.ts";
import type { Workbench } from "../workbench.ts";
import { thresholdForKey } from "./ThresholdSlider.tsx";

/** The threshold last typed, which stays as it was typed; the same in every view. */
const typedLast = (workbench: Workbench) => workbench.choice<number | null>("stops.typed", null);

/** The text of the threshold, which counts the same for every concept that follows it. */
function textOf(workbench: Workbench): string {
  const [data, t] = [workbench.evaluation.value, workbench.threshold.value];
  if (data === null || typedLast(workbench).value === t) return inFull(t, data?.dtype);
  return shownThreshold(data, data.concepts.length, t);
}

/**
 * A field that takes any value from 0 to 1 and sets exactly that; Python then counts there exactly.
 *
 * It shows as many digits as it takes to count the same, and is as wide as they may be; the exact value stands in its title, and
 * a threshold that was typed stays as it was. Arrow and page keys go where they go on the slider. What cannot be a threshold is
 * said and leaves it where it is.
 */
export function ThresholdField() {
  const workbench = useWorkbench();
  const { along, threshold } = workbench;
  const typing = useSignal<string | null>(null);
  const wrong = useComputed(() => typing.value !== null && typedThreshold(typing.value) === null);
  const dtype = useComputed(() => along.value?.data.dtype);
  const focused = useSignal(false);
  const text = useComputed(() => textOf(workbench));
  const shown = useComputed(() => typing.value ?? text.value);
  const now = useComputed(() => threshold.value);
  const full = useComputed(() => `Exactly ${threshold.value}; any value from 0 to 1`);
  const take = () => {
    const value = typing.value === null ? null : typedThreshold(typing.value);
    typing.value = null;
    if (value === null) return;
    typedLast(workbench).value = value;
    workbench.setThreshold(value);
    workbench.flushThreshold();
  };
  const key = (event: KeyboardEvent) => {
    const of = along.value;
    if (event.key === "Enter") take();
    else if (event.key === "Escape") typing.value = null;
    else if (
      of !== null &&
      event.key !== "Home" &&
      event.key !== "End" &&
      !event.key.endsWith("Left") &&
      !event.key.endsWith("Right")
    ) {
      const next = thresholdForKey(event.key, of.data, of.k, threshold.value);
      if (next === null) return;
      event.preventDefault();
      typing.value = null;
      workbench.setThreshold(next);
    } else return;
    event.stopPropagation();
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      role="spinbutton"
      class="cew-threshold-field"
      data-dtype={dtype}
      aria-label="Threshold value"
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={now}
      aria-valuetext={text}
      aria-invalid={wrong}
      title={full}
      value={shown}
      onInput={(event) => {
        typing.value = event.currentTarget.value;
      }}
      onFocus={(event) => {
        const field = event.currentTarget;
        focused.value = true;
        // Only while it is here still: to select is to focus, and would take it back from where Tab went meanwhile.
        requestAnimationFrame(() => focused.peek() && field.select());
      }}
      onBlur={() => {
        take();
        focused.value = false;
      }}
      onKeyDown={key}
      onKeyUp={() => workbench.flushThreshold()}
    />
  );
}

/** Lets every concept follow the common threshold again; nothing where they all do. */
export function ResetOwn() {
  const workbench = useWorkbench();
  if (!workbench.hasOwn.value) return null;
  return (
    <button type="button" class="cew-link cew-reset-own" onClick={() => workbench.resetOwn()}>
      Reset all own thresholds
    </button>
  );
}

/** Gives the concept on screen a threshold of its own or takes it back, where no table of concepts does; and all. */
export function OwnThreshold() {
  const workbench = useWorkbench();
  const concept = workbench.evaluation.value?.concepts[workbench.conceptIndex.value];
  const own = concept !== undefined && workbench.isOwn(concept.id);
  return (
    <span class="cew-own-thresholds">
      {concept && (
        <button
          type="button"
          class="cew-own-one"
          aria-pressed={own}
          aria-label={`Own threshold for ${concept.name || concept.id}`}
          onClick={() => workbench.setOwn(concept.id, !own)}
        >
          Own threshold
        </button>
      )}
      <ResetOwn />
    </span>
  );
}
