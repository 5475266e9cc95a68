/** The inputs marked as mislabelled, and what the figures would be with the labels proposed. */

import { count } from "../../../parts/format.ts";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { relabelSentence } from "./sentences.ts";
import { WriteLabels } from "./Write.tsx";

/** Marks shown; all of them are in Python. */
const FEW = 50;

/** The list, what it changes, and the way into Python; only what is confirmed is written to a server. */
function Relabel({ section }: PanelProps<"relabel">) {
  const workbench = useWorkbench();
  const data = workbench.evaluation.value;
  const marks = Object.entries(workbench.traits.relabels.value);
  const nameOf = (id: string) => data?.concepts.find((one) => one.id === id)?.name || id;
  return (
    <section aria-label="Relabel">
      <p aria-live="polite">{relabelSentence(marks.length, section.value?.head ?? null)}</p>
      {data && marks.length > 0 && (
        <>
          <p class="cew-inputs-pager">
            <button type="button" onClick={() => workbench.compare([data.run, `${data.run}~relabelled`])}>
              Curves beside the old
            </button>
            <span class="cew-muted cew-small">
              In Python <code>w.relabelling.frame</code>, <code>w.relabelling.to_proto()</code>
            </span>
          </p>
          {section.value?.head.home && !workbench.traits.workbench_only.value && (
            <div class="cew-inputs-pager">
              <WriteLabels head={section.value.head} run={data.run} />
            </div>
          )}
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

export default asks({
  id: "relabel",
  View: Relabel,
  unavailable: (data) => (data.has_counts ? "" : "The platform sent rates only: there are no inputs to relabel."),
  params: (workbench) => ({ relabels: workbench.traits.relabels.value }),
  untaken: (section) => (section?.head.changed ? "" : "No input is marked."),
});
