/** Where positives and negatives of the chosen concept score, with the threshold. */
import { late } from "../../../parts/late.tsx";
import type { Evaluation } from "../../evaluation.ts";
import { registerPanel } from "../../panel.tsx";

/** Why an evaluation has no histogram; empty when it has one. */
export function unavailable(evaluation: Evaluation): string {
  return evaluation.has_counts ? "" : "The platform sent rates only: there are no scores to count.";
}

export default registerPanel({
  id: "histogram",
  title: "Scores",
  slot: "curves",
  order: 40,
  View: late<typeof import("./View.late.tsx")>("histogram/View"),
  unavailable,
  params: ({ evaluation, conceptIndex }) => ({ concept: evaluation.value?.concepts[conceptIndex.value]?.id ?? null }),
});
