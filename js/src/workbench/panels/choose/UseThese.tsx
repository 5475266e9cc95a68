/** Takes every concept's threshold away: as Python or JSON, and into `w.thresholds` unless all are the common one. */
import { useSignal } from "@preact/signals";
import { copied } from "../../../parts/clipboard.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import { usedSentence, writtenOut } from "./sentences.ts";

/** The button, the form in which they are copied, and what was copied: to take by hand where the clipboard is closed. */
export function UseThese({ data }: { data: Evaluation }) {
  const workbench = useWorkbench();
  const as = workbench.choice<"python" | "json">("choose.as", "python");
  const written = useSignal("");
  const said = useSignal("");
  const use = async () => {
    const all = Object.fromEntries(data.concepts.map(({ id }, k) => [id, workbench.thresholdOf(k)]));
    // While all follow the common threshold there is nothing to hold fast, and its slider goes on moving them.
    const set = data.concepts.length === 1 || data.concepts.some(({ id }) => workbench.isOwn(id));
    if (set) workbench.takeThresholds(all, true);
    written.value = writtenOut(all, as.value);
    said.value = usedSentence(data.concepts.length, set, await copied(written.value));
  };
  return (
    <div class="cew-use-these">
      <button type="button" class="cew-primary" onClick={use}>
        Use these
      </button>
      <select
        aria-label="Copy as"
        value={as.value}
        onChange={(event) => {
          as.value = event.currentTarget.value as "python" | "json";
        }}
      >
        <option value="python">copied as Python</option>
        <option value="json">copied as JSON</option>
      </select>
      <span class="cew-muted cew-small" role="status">
        {said}
      </span>
      {written.value && <textarea aria-label="Thresholds" readOnly rows={4} value={written} />}
    </div>
  );
}
