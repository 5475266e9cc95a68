/** The threshold as a number that can be typed, and whether it is the concept's own. */
import { useComputed, useSignal } from "@preact/signals";
import { threshold as inFull } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import { typedThreshold } from "../thresholds.ts";
import { thresholdForKey } from "./ThresholdSlider.tsx";

/**
 * A field that takes any value from 0 to 1 and sets exactly that; Python then counts there exactly.
 *
 * It shows as many digits as it takes to count the same, and is as wide as they may be. Arrow and page keys go where they go on the slider. What cannot be a threshold is said and leaves it where it is.
 */
export function ThresholdField() {
  const workbench = useWorkbench();
  const { along, threshold } = workbench;
  const typing = useSignal<string | null>(null);
  const wrong = useComputed(() => typing.value !== null && typedThreshold(typing.value) === null);
  const dtype = useComputed(() => along.value?.data.dtype);
  const focused = useSignal(false);
  const exact = useComputed(() => inFull(threshold.value, dtype.value));
  const shown = useComputed(() => typing.value ?? exact.value);
  const now = useComputed(() => threshold.value);
  const full = useComputed(() => `Exactly ${threshold.value}; any value from 0 to 1`);
  const take = () => {
    const value = typing.value === null ? null : typedThreshold(typing.value);
    typing.value = null;
    if (value === null) return;
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
      aria-valuetext={exact}
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
