/** What the matrix asks with. Pure but for the signals read. */
import type { Signal } from "@preact/signals";
import type { PanelPayloads } from "../../../wire/contract.generated.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { Workbench } from "../../workbench.ts";
import type { MatrixKind } from "./cells.ts";

/** Up to so many concepts the cells follow the threshold here; as Python's `FOLLOWED`. */
export const FOLLOWED = 20;

/** The matrix chosen: rates alone begin with mean scores, the only one they can have. */
export function kindOf(workbench: Workbench): Signal<MatrixKind> {
  return workbench.choice<MatrixKind>(
    "matrix.kind",
    workbench.evaluation.peek()?.has_counts === false ? "probability" : "count",
  );
}

/** With what Python is asked: up to `FOLLOWED` concepts for the counts at all stops, beyond at the thresholds at rest. */
export function matrixParams(workbench: Workbench): PanelPayloads["matrix"]["params"] {
  const kind = kindOf(workbench).value;
  const few = (workbench.evaluation.value?.concepts.length ?? 0) <= FOLLOWED;
  return { kind, thresholds: kind !== "count" || few ? null : [...workbench.settled.value] };
}

/** Why an evaluation has no matrix; empty when it may have one. */
export function unavailable(data: Evaluation): string {
  return data.concepts.length === 0 ? "There are no concepts to cross." : "";
}
