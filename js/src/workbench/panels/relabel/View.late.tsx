/** The inputs marked as mislabelled, and what the figures would be with the labels proposed. */
import { count, plural, rate } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";

/** Marks shown; all of them are in Python. */
const FEW = 50;

/** What the marks change. */
export function relabelSentence(marks: number, section: PanelProps<"relabel">["section"]["value"]): string {
  if (marks === 0) return "Press “mislabelled?” beside an input of the list Inputs to propose another label for it.";
  if (section === null) return `${plural(marks, "input")} marked.`;
  const { changed, elsewhere, before, after } = section.head;
  const other = elsewhere ? ` ${plural(elsewhere, "mark")} of inputs that this evaluation lacks.` : "";
  return `${plural(changed, "input")} marked: macro ROC AUC ${rate(before)} as labelled, ${rate(after)} as proposed.${other}`;
}

/** The list, what it changes, and the way into Python; nothing is written to any server. */
function Relabel({ section }: PanelProps<"relabel">) {
  const workbench = useWorkbench();
  const data = workbench.evaluation.value;
  const marks = Object.entries(workbench.traits.relabels.value);
  const nameOf = (id: string) => data?.concepts.find((one) => one.id === id)?.name || id;
  return (
    <section aria-label="Relabel">
      <p aria-live="polite">{relabelSentence(marks.length, section.value)}</p>
      {data && marks.length > 0 && (
        <>
          <p class="cew-inputs-pager">
            <button type="button" onClick={() => workbench.compare([data.run, `${data.run}~relabelled`])}>
              Curves beside the old
            </button>
            <code>w.relabelling.frame</code> <code>w.relabelling.to_proto()</code>
          </p>
          <ul aria-label="Marked inputs">
            {marks.slice(0, FEW).map(([id, labels]) => (
              <li key={id}>
                {id}: {labels.map(nameOf).join(", ") || "no label"}{" "}
                <button
                  type="button"
                  class="cew-lead"
                  aria-label={`Unmark ${id}`}
                  onClick={() => workbench.relabel(id, null)}
                >
                  unmark
                </button>
              </li>
            ))}
          </ul>
          {marks.length > FEW && <p class="cew-muted">and {count(marks.length - FEW)} more.</p>}
        </>
      )}
    </section>
  );
}

export default Relabel;
