/** Which slices are asked for. Pure but for the signals read. */
import type { Signal } from "@preact/signals";
import type { PanelPayloads } from "../../../wire/contract.generated.ts";
import { ASKED_AT } from "../../settled.ts";
import type { Workbench } from "../../workbench.ts";

/** What the inputs are sliced by; empty for the first field there is. */
export const slicedBy = (workbench: Workbench): Signal<string> => workbench.choice("slices.by", "");

/** With what Python is asked, at a threshold at rest. */
export function slicesParams(workbench: Workbench): PanelPayloads["slices"]["params"] {
  const k = workbench.conceptIndex.value;
  const { concepts } = workbench.evaluation.value ?? { concepts: [] };
  return {
    by: slicedBy(workbench).value,
    concept: concepts[k]?.id ?? null,
    threshold: workbench.baked
      ? ASKED_AT
      : (workbench.settled.value[k < concepts.length ? k : 0] ?? workbench.threshold.value),
  };
}
