/** Reliability diagram: how often inputs of a score are positive, bin by bin. */
import { late } from "../../../parts/late.tsx";
import type { Evaluation } from "../../evaluation.ts";
import { registerPanel } from "../../panel.tsx";

/** Why an evaluation has no calibration; empty when it has one. */
export function unavailable(evaluation: Evaluation): string {
  return evaluation.has_counts ? "" : "The platform sent rates only: there are no scores to calibrate.";
}

export default registerPanel({
  id: "calibration",
  title: "Calibration",
  slot: "curves",
  order: 30,
  View: late<typeof import("./View.late.tsx")>("calibration/View"),
  unavailable,
  params: ({ evaluation, conceptIndex }) => ({ concept: evaluation.value?.concepts[conceptIndex.value]?.id ?? null }),
});
