/** One panel of an evaluation as a widget of its own. */
import { useComputed } from "@preact/signals";
import { useChosen } from "../chosen.ts";
import { useWorkbench } from "../context.ts";
import type { Panel } from "../panel.tsx";
import { inSlot } from "./slots.ts";
import { ThresholdField } from "./ThresholdField.tsx";
import { ThresholdSlider } from "./ThresholdSlider.tsx";
import "./alone.css";

/** The inputs behind a number that was clicked, or selected in Python, once there are any: there is no page below to open them on. */
function ClickedInputs() {
  const { opened, selected } = useWorkbench();
  useChosen();
  if (selected.value === null || !opened.value.has("inputs")) return null;
  return (
    <>
      {inSlot("below")
        .filter((panel) => panel.id === "inputs")
        .map((panel) => (
          <panel.Body key={panel.id} />
        ))}
    </>
  );
}

/**
 * A panel under its title and the concept it shows. The sweep brings the slider along, for it is where the threshold is
 * set; the others follow it, by a link between the widgets' traits.
 */
export function Alone({ panel }: { panel: Panel }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const of = useComputed(() => {
    const concept = evaluation.value?.concepts[conceptIndex.value];
    return concept ? concept.name || concept.id : "Macro average";
  });
  const titled = panel.slot !== "beside"; // what stands there has its own heading
  const aboutAll = panel.slot === "concepts" || panel.slot === "below";
  return (
    <section class={`cew-results cew-alone cew-alone-${panel.id}`} aria-label={panel.title}>
      <h3>
        {titled && panel.title} {!aboutAll && <span class="cew-muted">{of}</span>}
      </h3>
      <panel.Body />
      {panel.slot === "beside" && (
        <div class="cew-controls">
          <span class="cew-label cew-threshold-label">Threshold</span>
          <ThresholdField />
          <ThresholdSlider />
        </div>
      )}
      <ClickedInputs />
    </section>
  );
}
