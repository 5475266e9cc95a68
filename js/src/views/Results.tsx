import { count, kindName, plural } from "../format.ts";
import type { Curves, RunEntry } from "../protocol.ts";
import { isRunning } from "../rows.ts";
import { liveLine } from "../status.ts";
import { Counts } from "./Counts.tsx";
import { useSession } from "./context.ts";
import { RocPlot } from "./RocPlot.tsx";
import { SweepPlot } from "./SweepPlot.tsx";
import { ThresholdSlider } from "./ThresholdSlider.tsx";

const KINDS = { "cross-validation": kindName(true), score: kindName(false), scores: "Given scores" } as const;

/** Words over an empty ROC: what will fill it and when, or why nothing can. */
function emptyHint(run: RunEntry | null, loading: boolean, shown: Curves | null, k: number): string {
  if (shown !== null) {
    const macro = k >= shown.concepts.length && shown.macro.roc_auc === null;
    const reason = macro ? "no concept has both positives and negatives" : shown.concepts[k]?.reason;
    return reason ? `No ROC curve: ${reason}.` : "";
  }
  if (run?.status === "failed") return "This evaluation failed before it had results.";
  if (isRunning(run)) {
    if (!run?.live) return "Curves arrive when the platform finishes.";
    return run.use_kfold ? "The first fold’s curve is on its way." : "The first batch’s curve is on its way.";
  }
  if (loading || run !== null) return "Loading results…";
  return "Press Calculate: the curves grow here as results come in.";
}

/** Title for a run whose numbers are not here yet. */
function useRunTitle(run: RunEntry | null): string {
  const { traits } = useSession();
  if (run === null) return "Results";
  const version = traits.versions.value.find((v) => v.id === run.version);
  const dataset = traits.datasets.value.find((d) => d.key === run.dataset);
  return `Version ${version?.label || run.version} on ${dataset?.name || dataset?.id || run.dataset}`;
}

function Heading() {
  const { curves, run } = useSession();
  const data = curves.value;
  const waiting = useRunTitle(run.value);
  const kind = data ? KINDS[data.kind] : run.value ? kindName(run.value.use_kfold) : "";
  const live = liveLine(run.value, data);
  return (
    <header class="cew-results-head">
      <h3>{data?.title || waiting}</h3>
      {kind && <span class={`cew-kind cew-kind-${data?.kind ?? "pending"}`}>{kind}</span>}
      {live && (
        <span class="cew-live">
          {isRunning(run.value) && <span class="cew-live-dot" aria-hidden="true" />}
          {live}
        </span>
      )}
    </header>
  );
}

function About({ data }: { data: Curves | null }) {
  if (data === null) return <p class="cew-about" />;
  const inputs =
    data.inputs_total > data.inputs
      ? `${count(data.inputs)} of ${plural(data.inputs_total, "input")} so far`
      : plural(data.inputs, "input");
  return <p class="cew-about">{[data.kind_label, inputs, data.source_label].filter(Boolean).join(" · ")}</p>;
}

function ConceptPicker() {
  const session = useSession();
  const concepts = session.curves.value?.concepts ?? [];
  const chosen = concepts[session.conceptIndex.value]?.id ?? "";
  return (
    <label class="cew-field">
      <span class="cew-label">Concept</span>
      <select
        aria-label="Concept"
        value={chosen}
        disabled={concepts.length === 0}
        onChange={(event) => session.setConcept(event.currentTarget.value || null)}
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

function macroNote(data: Curves): string {
  const { left_out: leftOut, averaged } = data.macro;
  const names = data.concepts.filter((concept) => leftOut.includes(concept.id)).map((c) => `“${c.name || c.id}”`);
  const left = names.length ? ` Left out, lacking positives or negatives: ${names.join(", ")}.` : "";
  if (averaged === 0) return "";
  const auc = `Macro AUC: mean over ${plural(averaged, "concept")}.${left}`;
  return `${auc} Macro ROC: vertical average of their curves. The marker is the mean of their rates at one common threshold, so it may lie off the averaged curve.`;
}

/** What to be careful about; below the plots, so that they stay where they are when notes come in. */
function Notes({ data, macro }: { data: Curves | null; macro: boolean }) {
  return (
    <div class="cew-notes">
      {data && data.notes.length > 0 && (
        <ul class="cew-notice cew-notice-warning" aria-label="Notes on these results">
          {data.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {data && macro && <p class="cew-muted cew-small">{macroNote(data)}</p>}
    </div>
  );
}

/** Curves, threshold and counts of the evaluation on screen, or room for them. */
export function Results() {
  const { curves, conceptIndex, run, traits } = useSession();
  const data = curves.value;
  const hint = emptyHint(run.value, traits.loading.value.includes("results"), data, conceptIndex.value);
  const macro = data !== null && conceptIndex.value >= data.concepts.length;
  return (
    <section class="cew-results" aria-label="Results" data-complete={data?.complete}>
      <Heading />
      <About data={data} />
      <div class="cew-controls">
        <ConceptPicker />
        <ThresholdSlider />
      </div>
      <div class="cew-plots">
        <RocPlot hint={hint} />
        <SweepPlot />
        <Counts />
      </div>
      <Notes data={data} macro={macro} />
    </section>
  );
}
