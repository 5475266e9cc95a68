/** What can be drawn around the chosen curve. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import type { Drawn } from "../../wire/contract.generated.ts";
import type { Section } from "../../wire/payload.ts";
import { useWorkbench } from "../context.ts";
import type { Question, Supply } from "../demand.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Workbench } from "../workbench.ts";

/** What may be drawn around the chosen curve, in every plot that has it, and how the plots are looked at. */
export type Layers = Omit<Required<Drawn>, "ticked">;

const FIRST: Layers = { folds: true, band: false, intervals: true, averages: true, others: true, zoomed: false };

/** The class of the other concepts' curves where they are so many that they make one surface. */
export const manyOf = ({ concepts }: Evaluation): string => (concepts.length > 100 ? "cew-many" : "");

/** What is drawn now, the same in every view. */
export const layersOf = ({ traits }: Workbench): Layers => ({ ...FIRST, ...traits.drawn.value });

/** Why the concept on screen has no band; empty when it has one. */
export function bandMissing({ evaluation, conceptIndex }: Workbench): string {
  const data = evaluation.value;
  if (data === null || !data.has_counts) return "A band needs exact counts";
  return conceptIndex.value < data.concepts.length ? "" : "Bands are drawn for single concepts: choose one";
}

/** Why there is no band once one was asked for, in a file that has not those of all concepts; empty when nothing failed. */
export const bandRefused = (supply: Supply<"bands"> | null): string =>
  supply?.failure ? [supply.failure.title, supply.failure.message].filter(Boolean).join(": ") : "";

/** What a layer is drawn from, asked for while `wanted` of what is on screen; null until it is here. */
function useLayer<Name extends "bands" | "outline" | "micro">(
  panel: Name,
  wanted: (data: Evaluation, k: number) => boolean,
): ReadonlySignal<Supply<Name> | null> {
  const { demand, evaluation, conceptIndex } = useWorkbench();
  const question = useComputed<Question<Name> | null>(() => {
    const [data, k] = [evaluation.value, conceptIndex.value];
    if (!data || !wanted(data, k)) return null;
    const params = (panel === "micro" ? {} : { concept: data.concepts[k]?.id ?? null }) as Question<Name>["params"];
    return { action: "panel", panel, run: data.run, revision: data.revision, params } as Question<Name>;
  });
  useSignalEffect(() => {
    if (question.value) demand.want(question.value);
  });
  return useComputed(() => question.value && demand.supply(question.value).value);
}

/** The bands of the concept on screen while they are drawn, and why they are not where that failed. */
export function useBandSupply(): ReadonlySignal<Supply<"bands"> | null> {
  const workbench = useWorkbench();
  return useLayer("bands", () => layersOf(workbench).band && !bandMissing(workbench));
}

/** The bands of the concept on screen while they are drawn. */
export function useBands(): ReadonlySignal<Section<"bands"> | null> {
  const supply = useBandSupply();
  return useComputed(() => supply.value?.section ?? null);
}

/** The sweep as it is to be drawn, of these very numbers, where the stops leave scores between them. */
export function useOutline(): ReadonlySignal<Section<"outline"> | null> {
  const { evaluation } = useWorkbench();
  const supply = useLayer("outline", ({ thinned, concepts }, k) =>
    k < concepts.length ? thinned.includes(k) : thinned.length > 0,
  );
  return useComputed(() =>
    supply.value?.revision === evaluation.value?.revision ? (supply.value?.section ?? null) : null,
  );
}

/**
 * The curves of all decisions together, asked for while `asked` of what is on screen, or else while the averages are drawn.
 * What `asked` looks at has to be in the evaluation or a signal: it is looked at anew when these change.
 */
export function useMicro(asked?: (data: Evaluation) => boolean): ReadonlySignal<Section<"micro"> | null> {
  const workbench = useWorkbench();
  const supply = useLayer(
    "micro",
    (data) => data.has_counts && data.concepts.length > 1 && (asked ? asked(data) : layersOf(workbench).averages),
  );
  return useComputed(() => supply.value?.section ?? null);
}
