/** What the threshold does to the chosen concept, in counts and rates. */
import { useComputed } from "@preact/signals";
import { briefly, rate } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { registerPanel } from "../../panel.tsx";
import { BESIDE_COUNTS, heading, type RateName } from "../../rates.ts";
import { Lead } from "../../views/Lead.tsx";
import { countsNote } from "./sentences.ts";
import "./style.css";

/** The confusion matrix of the concept against the rest. */
const COUNTS = [
  ["tp", "True pos."],
  ["fp", "False pos."],
  ["fn", "False neg."],
  ["tn", "True neg."],
] as const;

/** Which number, what it is called, and how it is written. */
interface FigureProps {
  name: (typeof COUNTS)[number][0] | RateName;
  text: string;
  write: (value: number | null | undefined) => string;
}

/** One number, bound to the signals; `data-value` holds it in full, empty when undefined. */
function Figure({ name, text, write }: FigureProps) {
  const workbench = useWorkbench();
  const { point, evaluation, conceptIndex } = workbench;
  const value = useComputed(() => (point.value as OperatingPoint | null)?.[name] ?? null);
  // Between stops the exact counts are on their way from Python: dots, not the dash of an undefined value.
  const shown = useComputed(() => (point.value === null && evaluation.value?.has_counts ? "…" : write(value.value)));
  const named = useComputed(() => `${text} ${shown.value}: show the inputs`);
  const data = useComputed(() => (value.value === null ? "" : String(value.value)));
  const concept = evaluation.value?.concepts[conceptIndex.value];
  return (
    <div class={`cew-figure cew-figure-${name}`}>
      <dt>{text}</dt>
      <dd data-name={name} data-value={data} title={data}>
        <Lead figure={name} of={concept} label={named}>
          {shown}
        </Lead>
      </dd>
    </div>
  );
}

/** Lists the inputs behind the point that the threshold has on every curve. */
function PointInputs() {
  const workbench = useWorkbench();
  if (!workbench.evaluation.value?.has_counts) return null;
  const show = () => {
    workbench.selected.value = null;
    workbench.lead("inputs");
  };
  return (
    <button type="button" class="cew-lead" title="The inputs behind the marked point of the curves" onClick={show}>
      Inputs at this point
    </button>
  );
}

/** Four counts over the rates that follow from them, and a note on what is undefined or averaged. */
function Counts() {
  const { evaluation, conceptIndex, point } = useWorkbench();
  const note = useComputed(() => {
    const data = evaluation.value;
    return data === null ? "" : countsNote(data, conceptIndex.value, point.value);
  });
  return (
    <section class="cew-counts" role="group" aria-label="Counts at the threshold">
      <dl>
        {COUNTS.map(([name, text]) => (
          <Figure key={name} name={name} text={text} write={briefly} />
        ))}
      </dl>
      <dl>
        {BESIDE_COUNTS.map((name) => (
          <Figure key={name} name={name} text={heading(name)} write={rate} />
        ))}
      </dl>
      <p class="cew-muted cew-small cew-counts-note">
        {note} <PointInputs />
      </p>
    </section>
  );
}

export default registerPanel({
  id: "counts",
  title: "Counts at the threshold",
  slot: "threshold",
  order: 10,
  View: Counts,
});
