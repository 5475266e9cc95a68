/** What there is to say of the evaluation on screen, in two or three sentences, and how its figures were had. */

import panels from "panels:all";
import type { ComponentChildren } from "preact";
import { count, plural } from "../../parts/format.ts";
import { late } from "../../parts/late.tsx";
import type { HeadlinePart } from "../../wire/contract.generated.ts";
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import { methodWords } from "../methods.ts";
import { leadSentence } from "../outcomes.ts";
import "./headline.css";

const Narrowed = late<typeof import("./Narrowed.late.tsx")>("views/Narrowed", true);

/** What a concept is called; its id where it has no name. */
const named = (data: Evaluation | null, id: string) => data?.concepts.find((one) => one.id === id)?.name || id;

/** What ends a part before a part begins. */
const closing = (part: HeadlinePart | undefined): string => /^[.,:)]*/.exec(part?.text ?? "")?.[0] ?? "";

/** A part of a sentence; one that leads to a concept or a panel below is a button. */
function Part({ part }: { part: HeadlinePart }) {
  const workbench = useWorkbench();
  const below = panels.find(({ id, slot }) => id === part.panel && slot === "below");
  const words = part.text.slice(closing(part).length);
  const text = part.emphasis ? <b>{words}</b> : <span>{words}</span>;
  const { concept, inputs } = part;
  if (concept === null && !below && inputs === null) return text;
  const go = () => {
    if (concept !== null) workbench.setConcept(concept);
    if (below) {
      below.led?.(workbench, part.text);
      workbench.lead(below.id);
    }
    if (inputs) workbench.select(inputs);
  };
  return (
    <button
      type="button"
      class={part.interval ? "cew-lead cew-lead-quiet" : "cew-lead"}
      title={leadSentence(part, (id) => named(workbench.evaluation.value, id))}
      onClick={go}
    >
      {text}
    </button>
  );
}

/** How the figures were had: on what, from how many inputs, by which method their interval. */
export function aboutLine(data: Evaluation): string {
  const { inputs, inputs_total, complete, kind_label, source_label, macro } = data;
  const some = inputs_total > inputs;
  // A part that was chosen is whole, and grows no more.
  const all = `${plural(inputs_total, "input")}${complete ? "" : " so far"}`;
  const used = some ? `${count(inputs)} of ${all}` : plural(inputs, "input");
  const interval = macro.interval_method && `95 % interval ${methodWords(macro.interval_method)}`;
  return [kind_label, used, source_label, interval].filter(Boolean).join(" · ");
}

/**
 * The sentences over one line on how the figures were had; there is room for both before they are here. What is said only
 * at times stands where there is room anyway: a comparison beside the heading, that it is of a part in the last line.
 */
export function Headline({ heading }: { heading: ComponentChildren }) {
  const { evaluation, traits } = useWorkbench();
  const data = evaluation.value;
  const about = data ? aboutLine(data) : "";
  const method = data?.macro.interval_method;
  return (
    <section class="cew-headline" aria-label="Headline">
      <div class="cew-headline-head">
        {heading}
        {data && panels.map(({ id, Said }) => Said && <Said key={id} />)}
      </div>
      <p class="cew-headline-said">
        {data?.headline.map((part, i, all) => (
          <span key={i}>
            <Part part={part} />
            {closing(all[i + 1])}
          </span>
        ))}
      </p>
      <div class="cew-how">
        {traits.narrowed.value && <Narrowed />}
        <p class="cew-about" title={method ? `${about} (${method})` : about}>
          {about}
        </p>
      </div>
    </section>
  );
}
