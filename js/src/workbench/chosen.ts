/** Inputs that were chosen in Python. */
import { untracked, useSignalEffect } from "@preact/signals";
import { useWorkbench } from "./context.ts";

/** Lists them when they are set, and no more when they are taken back; a file has no Python. */
export function useChosen(): void {
  const workbench = useWorkbench();
  const { selected, traits, baked } = workbench;
  useSignalEffect(() => {
    const chosen = traits.chosen.value;
    untracked(() => {
      if (chosen > 0 && !baked) {
        workbench.select({ concept: null, outcome: "chosen", labelled: null, given: "highest", chosen });
      } else if (selected.value?.outcome === "chosen") selected.value = null;
    });
  });
}
