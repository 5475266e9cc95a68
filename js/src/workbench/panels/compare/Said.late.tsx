/** The comparison in the headline. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useWorkbench } from "../../context.ts";
import { useAnswer } from "../../panel.tsx";
import { dropQuestion, homeRun, isCompared, placeOnScreen } from "./drop.ts";
import { useLast } from "./last.ts";
import { comparing, read } from "./params.ts";
import { cautions, dropSentence, TESTED, toldApart, verdict } from "./sentences.ts";

/** What is on screen against the first compared, or the second against it, and how many more there are. */
function Verdict() {
  const workbench = useWorkbench();
  const always = useSignal(true);
  const { section } = useAnswer(comparing, always);
  const shown = useLast({ section }).value;
  const all = read(workbench);
  const at = Math.max(1, placeOnScreen(workbench));
  const [first, second] = [all[0], all[at]];
  const other = shown?.head.others[at - 1];
  if (!first || !second || !other) return null;
  const [of, by] = toldApart(first, second).map((name) => `“${name}”`) as [string, string];
  const more = (shown?.head.others.length ?? 1) - 1;
  const [what, tested, end] = `: ${verdict(other, of, by).split(/(?<=\.) (?:About|No paired)/)[0]}`.split(TESTED);
  const others = [
    cautions(shown?.head.others ?? []).length > 0 && " Be careful: see there.",
    more > 0 && ` ${more} more compared.`,
  ].filter(Boolean);
  return (
    <span class="cew-verdict" title={`Compared${[what, tested, end, ...others].join("")}`}>
      <button type="button" class="cew-lead" onClick={() => workbench.lead("compare")}>
        Compared
      </button>
      {what}
      {tested && <span class="cew-verdict-tested">{tested}</span>}
      {end}
      {others}
    </span>
  );
}

/** How far a version falls on other data than its own; pressed, the two are compared, with intervals and by concept. */
function Drop() {
  const workbench = useWorkbench();
  const [home, here] = [homeRun(workbench), workbench.run.value];
  const question = useComputed(() => {
    const found = homeRun(workbench);
    return found && dropQuestion(workbench, found);
  });
  useSignalEffect(() => {
    if (question.value) workbench.demand.want(question.value);
  });
  if (home === null || here === null || question.value === null) return null;
  const [other = null] = workbench.demand.supply(question.value).value.section?.head.others ?? [];
  const said = dropSentence(home.roc_auc as number, here.roc_auc as number, other);
  const opener = "Cross-validated";
  return (
    <span
      class="cew-verdict"
      title={`${opener} on ${home.dataset_label}${said} Press to compare, with intervals and by concept.`}
    >
      <button
        type="button"
        class="cew-lead"
        onClick={() => {
          workbench.compare([home.key, here.key]);
          workbench.lead("compare");
        }}
      >
        {opener}
      </button>
      {said}
    </span>
  );
}

/** The comparison made, or the one that suggests itself. */
export default function Said() {
  return isCompared(useWorkbench()) ? <Verdict /> : <Drop />;
}
