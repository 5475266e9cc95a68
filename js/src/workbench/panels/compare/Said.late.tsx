/** The comparison in the headline. */
import { useSignal } from "@preact/signals";
import { useWorkbench } from "../../context.ts";
import { type Asking, useAnswer } from "../../panel.tsx";
import { useLast } from "./last.ts";
import { placeOnScreen, read } from "./params.ts";
import { cautions, verdict } from "./sentences.ts";

/** What is on screen against the first compared, or the second against it, and how many more there are. */
function Said({ panel }: { panel: Asking<"compare"> }) {
  const workbench = useWorkbench();
  const always = useSignal(true);
  const { section } = useAnswer(panel, always);
  const shown = useLast({ section }).value;
  const all = read(workbench);
  const at = Math.max(1, placeOnScreen(workbench));
  const [first, second] = [all[0], all[at]];
  const other = shown?.head.others[at - 1];
  if (!first || !second || !other) return null;
  const same = first.title === second.title;
  const name = (row: typeof first) => `“${same ? row.kind_label : row.title}”`;
  const more = (shown?.head.others.length ?? 1) - 1;
  const said = [
    `: ${verdict(other, name(first), name(second)).split(/(?<=\.) (?:About|No paired)/)[0]}`,
    cautions(shown?.head.others ?? []).length > 0 && " Be careful: see there.",
    more > 0 && ` ${more} more compared.`,
  ].filter(Boolean);
  return (
    <span class="cew-verdict" title={`Compared${said.join("")}`}>
      <button type="button" class="cew-lead" onClick={() => workbench.lead("compare")}>
        Compared
      </button>
      {said}
    </span>
  );
}

export default Said;
