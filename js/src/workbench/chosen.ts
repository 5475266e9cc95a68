/** Inputs that were chosen in Python. */
import { effect, type ReadonlySignal, type Signal, untracked } from "@preact/signals";
import type { Selected } from "./outcomes.ts";

/** Lists them when they are set, and no more when they are taken back; returns what ends that. */
export const followChosen = (
  chosen: ReadonlySignal<number>,
  selected: Signal<Selected | null>,
  list: (inputs: Selected) => void,
): (() => void) =>
  effect(() => {
    const times = chosen.value;
    untracked(() => {
      if (times > 0) list({ concept: null, outcome: "chosen", labelled: null, given: "highest", chosen: times });
      else if (selected.value?.outcome === "chosen") selected.value = null;
    });
  });
