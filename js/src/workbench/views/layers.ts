/** What can be drawn around the chosen curve. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import type { Drawn } from "../../wire/contract.generated.ts";
import type { Section } from "../../wire/payload.ts";
import { useWorkbench } from "../context.ts";
import type { Question } from "../demand.ts";
import type { Workbench } from "../workbench.ts";

/** What may be drawn around the chosen curve, in every plot that has it, and how the plots are looked at. */
export type Layers = Omit<Required<Drawn>, "ticked">;

const FIRST: Layers = { folds: true, band: false, averages: true, others: true, zoomed: false };

/** What is drawn now, the same in every view. */
export const layersOf = ({ traits }: Workbench): Layers => ({ ...FIRST, ...traits.drawn.value });

/** Why the concept on screen has no band; empty when it has one. */
export function bandMissing({ evaluation, conceptIndex }: Workbench): string {
  const data = evaluation.value;
  if (data === null || !data.has_counts) return "A band needs exact counts";
  return conceptIndex.value < data.concepts.length ? "" : "Bands are drawn for single concepts: choose one";
}

/** The bands of the concept on screen while they are drawn, asked for then; null until they are here. */
export function useBands(): ReadonlySignal<Section<"bands"> | null> {
  const workbench = useWorkbench();
  const { demand, evaluation, conceptIndex } = workbench;
  const question = useComputed<Question<"bands"> | null>(() => {
    const data = evaluation.value;
    const concept = data?.concepts[conceptIndex.value];
    if (!data || !concept || !layersOf(workbench).band || bandMissing(workbench)) return null;
    return { action: "panel", panel: "bands", run: data.run, revision: data.revision, params: { concept: concept.id } };
  });
  useSignalEffect(() => {
    if (question.value) demand.want(question.value);
  });
  return useComputed(() => (question.value ? demand.supply(question.value).value.section : null));
}
