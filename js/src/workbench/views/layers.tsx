/** What can be drawn around the chosen curve, and the key that switches it. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import type { Drawn } from "../../wire/contract.generated.ts";
import type { Section } from "../../wire/payload.ts";
import { useWorkbench } from "../context.ts";
import type { Question } from "../demand.ts";
import type { Workbench } from "../workbench.ts";

/** What may be drawn around the chosen curve, in every plot that has it, and how the plots are looked at. */
type Layers = Omit<Required<Drawn>, "ticked">;

const FIRST: Layers = { folds: true, band: false, averages: true, others: true, zoomed: false };

/** What is drawn now, the same in every view. */
export const layersOf = ({ traits }: Workbench): Layers => ({ ...FIRST, ...traits.drawn.value });

/** A part of the key: a click draws the layer, or leaves it out. */
export function LayerKey({
  layer,
  text,
  title,
  missing = "",
}: {
  layer: keyof Layers;
  text: string;
  title: string;
  missing?: string;
}) {
  const workbench = useWorkbench();
  const on = layersOf(workbench)[layer] && missing === "";
  return (
    <button
      type="button"
      class="cew-layer"
      aria-pressed={on}
      aria-disabled={missing !== ""}
      title={missing || `${title}; press to ${on ? "leave out" : "draw"}`}
      onClick={() => {
        if (missing === "") workbench.draw({ [layer]: !on });
      }}
    >
      <span class={`cew-key cew-key-${layer}`} aria-hidden="true" />
      {text}
    </button>
  );
}

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
