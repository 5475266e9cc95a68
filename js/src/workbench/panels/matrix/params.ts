/** What the matrix asks with. Pure but for the signals read. */
import type { PanelPayloads } from "../../../wire/contract.generated.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { Workbench } from "../../workbench.ts";
import type { MatrixKind } from "./cells.ts";

/** Up to so many concepts the cells follow the threshold here; as Python's `FOLLOWED`. */
export const FOLLOWED = 20;

/** The matrix chosen, or the first one that the evaluation on screen has where it has not that. */
export function kindOf(workbench: Workbench): { value: MatrixKind } {
  const chosen = workbench.choice<MatrixKind>("matrix.kind", "count");
  return {
    get value() {
      const had = workbench.evaluation.value?.matrices ?? [];
      return had.includes(chosen.value) ? chosen.value : (had[0] ?? chosen.value);
    },
    set value(kind) {
      chosen.value = kind;
    },
  };
}

/** Whether the concepts stand as they came; else those taken for each other stand side by side. */
export const givenOf = (workbench: Workbench) => workbench.choice("matrix.given", false);

/** Whether cells say shares of the row. */
export const sharesOf = (workbench: Workbench) => workbench.choice("matrix.shares", false);

/** With what Python is asked: up to `FOLLOWED` concepts for the counts at all stops, beyond at the thresholds at rest. */
export function matrixParams(workbench: Workbench): PanelPayloads["matrix"]["params"] {
  const kind = kindOf(workbench).value;
  const few = (workbench.evaluation.value?.concepts.length ?? 0) <= FOLLOWED;
  return { kind, thresholds: kind !== "count" || few ? null : [...workbench.settled.value] };
}

/** Why an evaluation has no matrix; empty when it may have one. */
export function unavailable(data: Evaluation): string {
  if (data.concepts.length === 0) return "There are no concepts to cross.";
  return data.matrices.length === 0 ? "The server sent neither a test set nor a matrix of its own." : "";
}
