/** What averages are of: those made here, and those that were sent. */
import { plural } from "../../parts/format.ts";
import { useChosen } from "../chosen.ts";
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";

/** What the macro average averages, and whom it leaves out; `own` when some concepts have thresholds of their own. */
function macroNote(data: Evaluation, own = false): string {
  const { left_out: leftOut, averaged } = data.macro;
  const names = data.concepts.filter((concept) => leftOut.includes(concept.id)).map((c) => `“${c.name || c.id}”`);
  const left = names.length ? ` Left out, lacking positives or negatives: ${names.join(", ")}.` : "";
  if (averaged === 0) return "";
  const auc = `Macro AUC: mean over ${plural(averaged, "concept")}.${left}`;
  const where = own ? "each one’s threshold" : "one common threshold";
  return `${auc} Macro ROC: vertical average of their curves. The marker is the mean of their rates at ${where}, so it may lie off the averaged curve.`;
}

/** Who made the summary that was sent; of an evaluation given in Python nobody says. */
const WHOSE = { local: "The local server", platform: "The platform", none: "The server" } as const;

/** The server's own summary, and while the macro average is on screen what that is. */
export default function Averages() {
  useChosen(); // here, for it stands on every page as soon as the list of inputs can be shown
  const workbench = useWorkbench();
  const data = workbench.evaluation.value;
  if (data === null) return null;
  const macro = workbench.conceptIndex.value >= data.concepts.length ? macroNote(data, workbench.hasOwn.value) : "";
  const whose = WHOSE[workbench.traits.connection.value?.kind ?? "none"];
  const own = data.platform_summary && `${whose}’s ${data.platform_summary}`;
  return (
    <div class="cew-notes">
      {[own, macro].filter(Boolean).map((said) => (
        <p key={said} class="cew-muted cew-small">
          {said}
        </p>
      ))}
    </div>
  );
}
