/** Inputs that were chosen in Python. */
import { effect, untracked } from "@preact/signals";
import type { Workbench } from "./workbench.ts";

/** Lists them when they are set, and no more when they are taken back; returns what ends that. A file has no Python. */
export const followChosen = (workbench: Workbench): (() => void) =>
  effect(() => {
    const chosen = workbench.traits.chosen.value;
    untracked(() => {
      if (chosen > 0 && !workbench.baked) {
        workbench.select({ concept: null, outcome: "chosen", labelled: null, given: "highest", chosen });
      } else if (workbench.selected.value?.outcome === "chosen") workbench.selected.value = null;
    });
  });
