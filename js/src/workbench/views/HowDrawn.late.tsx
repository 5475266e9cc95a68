/** How a plot is had, under it. */
import { useComputed } from "@preact/signals";
import type { Caution } from "../../wire/contract.generated.ts";
import { leadToCaution } from "../cautions.ts";
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import { carefulOf, howDrawn, howMany } from "./howDrawn.ts";

/** A code that leads to what it means; in a plot as a widget of its own, which has no such panel, its words are beside it. */
function Code({ caution: { code, title } }: { caution: Caution }) {
  const workbench = useWorkbench();
  if (workbench.traits.panel.value !== "") {
    return (
      <span title={title}>
        {code}
        <span class="cew-visually-hidden"> ({title})</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      class="cew-lead"
      aria-label={`${code}: ${title}`}
      title={`${code}: ${title}. Press for what it means and what to do`}
      onClick={() => leadToCaution(workbench, title)}
    >
      {code}
    </button>
  );
}

/** Two lines of plain words, how and from what; whole on hover where they are cut. */
export default function HowDrawn({ plot }: { plot: string }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const said = (words: (plot: string, data: Evaluation, k: number) => string) =>
    useComputed(() => (evaluation.value ? words(plot, evaluation.value, conceptIndex.value) : ""));
  const [how, many] = [said(howDrawn), said(howMany)];
  // Beside a code there is no room for more on a page of 1,000 pixels; the headline has the source, too.
  const brief = said((...of) => howMany(...of, true));
  const careful = useComputed(() => (evaluation.value ? carefulOf(plot, evaluation.value, conceptIndex.value) : []));
  return (
    <>
      <p title={how}>{how}</p>
      <p title={many}>
        {careful.value.map((caution) => (
          <span key={caution.code}>
            <Code caution={caution} />
            {" · "}
          </span>
        ))}
        {careful.value.length > 0 ? brief : many}
      </p>
    </>
  );
}
