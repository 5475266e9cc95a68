/** What is drawn beside the chosen concept's line: those of concepts ticked, and that of all decisions together. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { useWorkbench } from "../../context.ts";
import type { Question } from "../../demand.ts";
import type { PanelProps } from "../../panel.tsx";
import { LayerKey } from "../../views/LayerKey.tsx";
import { layersOf } from "../../views/layers.ts";
import { TickedCurves, waysOf } from "../../views/ticked.tsx";
import type { Workbench } from "../../workbench.ts";
import { type Calibration, linePath } from "./bins.ts";

/** The concepts whose lines are drawn beside that of concept `shown`, by id; null for all decisions together. */
export function besideOf(workbench: Workbench, shown: string | null): (string | null)[] {
  const { concepts } = workbench.evaluation.value ?? { concepts: [] };
  const ticked = waysOf(workbench).filter((one) => one !== shown && concepts.some(({ id }) => id === one));
  const pooled = shown !== null && concepts.length > 1 && layersOf(workbench).averages;
  return pooled ? [...ticked, null] : ticked;
}

/** Asks for the bins of those; of each what is here, by concept. */
function useBeside({ section }: PanelProps<"calibration">): ReadonlySignal<ReadonlyMap<string | null, Calibration>> {
  const workbench = useWorkbench();
  const { demand, evaluation } = workbench;
  const questions = useComputed<Question<"calibration">[]>(() => {
    const [data, shown] = [evaluation.value, section.value];
    if (!data || !shown) return []; // the chosen concept's first
    const asked = { action: "panel", panel: "calibration", run: data.run, revision: data.revision } as const;
    return besideOf(workbench, shown.head.concept).map((concept) => ({ ...asked, params: { concept } }));
  });
  useSignalEffect(() => {
    for (const question of questions.value) demand.want(question);
  });
  return useComputed(() => {
    const here = questions.value.map((one) => [one.params.concept, demand.supply(one).value.section] as const);
    return new Map(here.filter((one): one is readonly [string | null, Calibration] => one[1] !== null));
  });
}

/** Their lines. */
export function Beside({ section }: PanelProps<"calibration">) {
  const workbench = useWorkbench();
  const beside = useBeside({ section });
  const concepts = workbench.evaluation.value?.concepts ?? [];
  const lineOf = (id: string | null) => {
    const found = beside.value.get(id);
    return found ? linePath(found) : "";
  };
  return (
    <>
      <path class="cew-micro-line" d={lineOf(null)} />
      <TickedCurves pathOf={(k) => lineOf(concepts[k]?.id ?? null)} />
    </>
  );
}

/** Switches what is drawn, and says what cannot be. */
export function CalibrationKeys() {
  const { evaluation, conceptIndex } = useWorkbench();
  const concepts = evaluation.value?.concepts ?? [];
  const one = conceptIndex.value < concepts.length;
  return (
    <span class="cew-layers" role="group" aria-label="Drawn around the line">
      <LayerKey layer="intervals" text="95 %" title="95 % interval of each bin’s share" />
      {one && concepts.length > 1 && (
        <>
          <LayerKey
            layer="averages"
            text="micro"
            title="Dotted: all concepts’ decisions together. There is no macro average: each concept’s bins stand at other scores"
          />
          <LayerKey
            layer="others"
            text="others"
            title=""
            missing="Tick a concept in the table to draw its line here; all at once would overlap"
          />
        </>
      )}
    </span>
  );
}
