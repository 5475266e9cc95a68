/** Everything of the evaluation on screen, or room for it. */

import { useComputed } from "@preact/signals";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { plural } from "../../parts/format.ts";
import { LateContext, late } from "../../parts/late.tsx";
import type { RunRow } from "../../wire/contract.generated.ts";
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Panel, Slot } from "../panel.tsx";
import { isRunning, kindName } from "../run.ts";
import { liveLine } from "../sentences.ts";
import { Curves } from "./Curves.tsx";
import { Headline } from "./Headline.tsx";
import { NarrowingFailed } from "./NarrowingFailed.tsx";
import { inSlot } from "./slots.ts";
import { OwnThreshold, ThresholdField } from "./ThresholdField.tsx";
import { ThresholdSaid, ThresholdSlider } from "./ThresholdSlider.tsx";
import "../style.css";

const Averages = late<typeof import("./Averages.late.tsx")>("views/Averages");
const TakeAway = late<typeof import("./TakeAway.late.tsx")>("views/TakeAway");

/** What the kinds of evaluation are called. */
const KINDS = { "cross-validation": kindName(true), score: kindName(false), scores: "Given scores" } as const;

/** Title for a run whose numbers are not here yet: the one that they will have. */
const runTitle = (run: RunRow | null) => (run ? `${run.model}, version ${run.version_label}` : "Results");

/** What was evaluated, how, and how far it is. */
function Heading() {
  const { evaluation, run } = useWorkbench();
  const data = evaluation.value;
  const kind = data ? KINDS[data.kind] : run.value ? kindName(run.value.use_kfold) : "";
  const live = liveLine(run.value, data);
  return (
    <div class="cew-results-head">
      <h3>{data?.title || runTitle(run.value)}</h3>
      {kind && <span class={`cew-kind cew-kind-${data?.kind ?? "pending"}`}>{kind}</span>}
      {live && (
        <span class="cew-live">
          {isRunning(run.value) && <span class="cew-live-dot" aria-hidden="true" />}
          {live}
        </span>
      )}
    </div>
  );
}

/** The concept on screen; the macro average is the one without an id. */
function ConceptPicker() {
  const workbench = useWorkbench();
  const concepts = workbench.evaluation.value?.concepts ?? [];
  const chosen = concepts[workbench.conceptIndex.value]?.id ?? "";
  return (
    <label class="cew-field">
      <span class="cew-label">Concept</span>
      <select
        aria-label="Concept"
        value={chosen}
        disabled={concepts.length === 0}
        onChange={(event) => workbench.setConcept(event.currentTarget.value || null)}
      >
        <option value="" selected={chosen === ""}>
          {concepts.length ? `Macro average of ${plural(concepts.length, "concept")}` : "Macro average"}
        </option>
        {concepts.map((concept) => (
          <option key={concept.id} value={concept.id} selected={concept.id === chosen}>
            {concept.name || concept.id}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What to be careful about; below the plots, so that they stay where they are when notes come in. */
function Notes({ notes }: Pick<Evaluation, "notes">) {
  if (notes.length === 0) return null;
  return (
    <div class="cew-notes">
      <ul class="cew-notice cew-notice-warning" aria-label="Notes on these results">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}

/** What averages are of, once the late views are here. */
function Averaged() {
  return useContext(LateContext)?.here.value ? <Averages /> : null;
}

/** A panel that the reader opens; closed, it asks for nothing. */
function Disclosure({ panel, hidden }: { panel: Panel; hidden: boolean }) {
  const workbench = useWorkbench();
  const open = useComputed(() => workbench.opened.value.has(panel.id));
  const place = useRef<HTMLDetailsElement>(null);
  const led = useComputed(() => (workbench.led.value?.panel === panel.id ? workbench.led.value.times : 0));
  const [seen] = useState(led.value);
  useEffect(() => {
    if (led.value !== seen) place.current?.scrollIntoView({ block: "nearest" });
  }, [led.value]);
  return (
    <details
      ref={place}
      class={`cew-disclosure cew-disclosure-${panel.id}`}
      hidden={hidden}
      open={open.value}
      onToggle={(event) => workbench.setOpen(panel.id, event.currentTarget.open)}
    >
      <summary>{panel.title}</summary>
      {open.value && <panel.Body />}
    </details>
  );
}

/** The panels of a slot, one after another. */
function Slotted({ slot }: { slot: Slot }) {
  return (
    <>
      {inSlot(slot).map((panel) => (
        <panel.Body key={panel.id} />
      ))}
    </>
  );
}

/** Shows what criteria give, below concepts and curves. */
function ChooseButton() {
  const workbench = useWorkbench();
  const open = workbench.opened.value.has("choose");
  return (
    <button
      type="button"
      class="cew-choose-button"
      aria-expanded={open}
      disabled={workbench.evaluation.value === null}
      onClick={() => workbench.setOpen("choose", !open)}
    >
      Choose a threshold
    </button>
  );
}

/** What criteria give, while its button is pressed. */
function Choosing() {
  const { opened, evaluation } = useWorkbench();
  return evaluation.value && opened.value.has("choose") ? <Slotted slot="choosing" /> : null;
}

/** What may be taken away, once the late views are here. It does not ask for them: whoever does says what kept them away. */
function Foot() {
  const { baked, evaluation } = useWorkbench();
  const late = useContext(LateContext);
  if (baked || evaluation.value === null) return null;
  return <div class="cew-foot">{late?.here.value && <TakeAway />}</div>;
}

/** Concepts, curves, threshold and counts of the evaluation on screen, or room for them. */
export function Results() {
  const { evaluation, run } = useWorkbench();
  const data = evaluation.value;
  return (
    <section
      class="cew-results"
      aria-label="Results"
      data-complete={data?.complete}
      data-empty={data === null && run.value === null}
    >
      <NarrowingFailed />
      <Headline heading={<Heading />} />
      <div class="cew-page">
        <div class="cew-side">
          <Slotted slot="concepts" />
        </div>
        <div class="cew-main">
          <div class="cew-plots">
            <Curves />
            <div class="cew-beside">
              <Slotted slot="beside" />
            </div>
          </div>
          <div class="cew-controls">
            <ConceptPicker />
            <span class="cew-label cew-threshold-label">Threshold</span>
            <ThresholdField />
            <ThresholdSlider />
            <ThresholdSaid />
            <OwnThreshold />
            <ChooseButton />
          </div>
          <Slotted slot="threshold" />
        </div>
      </div>
      <Choosing />
      {inSlot("below").map((panel) => (
        <Disclosure key={panel.id} panel={panel} hidden={data === null} />
      ))}
      <Foot />
      {data && <Notes notes={data.notes} />}
      <Averaged />
    </section>
  );
}
