/** The stops of one concept by itself, where those that all concepts share do not serve it. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Demand, Question } from "./demand.ts";
import type { Evaluation } from "./evaluation.ts";

/** A concept to follow along its stops: by its place `k` in `data`, which may hold it alone. */
export interface Along {
  readonly data: Evaluation;
  readonly k: number;
}

/**
 * The concept on screen by itself, at stops of its own; null where the common ones serve it, and until they are here.
 *
 * They are asked for while that concept is on screen: for all concepts they would be too much to send. `ends` takes what
 * ends the asking. With `wanted` false nothing is asked.
 */
export function ownStops(
  evaluation: ReadonlySignal<Evaluation | null>,
  conceptIndex: ReadonlySignal<number>,
  wanted: () => boolean,
  demand: Demand,
  ends: (() => void)[],
): ReadonlySignal<Evaluation | null> {
  const question = computed<Question<"stops"> | null>(() => {
    const [data, k] = [evaluation.value, conceptIndex.value];
    const concept = data?.concepts[k];
    if (!data?.unserved.includes(k) || !concept || !wanted()) return null;
    return { action: "panel", panel: "stops", run: data.run, revision: data.revision, params: { concept: concept.id } };
  });
  ends.push(
    effect(() => {
      if (question.value) demand.want(question.value);
    }),
  );
  return computed(() => {
    const [data, asked] = [evaluation.value, question.value];
    const { section = null, revision } = asked ? demand.supply(asked).value : {};
    const concept = data?.concepts[conceptIndex.value];
    if (!data || !concept || !section || revision !== data.revision) return null;
    const { stops, tps, fps } = section.arrays;
    // Of these, too, some may have been left out.
    return { ...data, concepts: [concept], unserved: [], thinned: [0], stops, counts: { tps, fps } };
  });
}

/** The concept on screen along its own stops where there are some, else along the common ones. */
export const along = (
  own: ReadonlySignal<Evaluation | null>,
  evaluation: ReadonlySignal<Evaluation | null>,
  conceptIndex: ReadonlySignal<number>,
): ReadonlySignal<Along | null> =>
  computed(() => {
    if (own.value) return { data: own.value, k: 0 };
    return evaluation.value && { data: evaluation.value, k: conceptIndex.value };
  });
