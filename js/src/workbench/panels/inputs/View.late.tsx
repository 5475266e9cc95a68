/** The inputs behind a number, page by page. */

import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { FailureNotice } from "../../../parts/FailureNotice.tsx";
import { rate } from "../../../parts/format.ts";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { Question } from "../../demand.ts";
import type { Evaluation } from "../../evaluation.ts";
import { narrow } from "../../narrow.ts";
import type { Selected } from "../../outcomes.ts";
import { OUTCOMES } from "../../outcomes.ts";
import type { PanelProps } from "../../panel.tsx";
import { conceptName } from "../../sentences.ts";
import type { Workbench } from "../../workbench.ts";
import { type Inputs, type Item, itemsOf, pagesOf, type Sort } from "./items.ts";
import { Picture, Words } from "./Medium.tsx";
import { inputsParams, sortOf, turnTo, unavailable } from "./params.ts";
import { namesOf, proposal } from "./proposal.ts";
import { figureSentence, labelSentence, listSentence, outcomeMark, pageSentence, SORTS } from "./sentences.ts";
import "./style.css";

/** The scores of an input as bars, its labels marked, with the threshold that applies. */
function Bars({ item, data, head }: { item: Item; data: Evaluation; head: Inputs["head"] }) {
  return (
    <dl class="cew-input-bars">
      {item.bars.map(({ concept, score, own, other }) => (
        <div key={concept} class={own ? "cew-input-own" : ""}>
          <dt title={conceptName(data, concept)}>
            {conceptName(data, concept)}
            {own && <span class="cew-visually-hidden"> (label)</span>}
          </dt>
          <dd>
            <span class="cew-input-track" aria-hidden="true">
              <span class="cew-input-bar" style={{ width: `${score * 100}%` }} />
              {other !== null && <span class="cew-input-other" style={{ left: `${other * 100}%` }} />}
              {data.concepts[concept]?.id === head.concept && head.threshold !== null && (
                <span class="cew-input-limit" style={{ left: `${head.threshold * 100}%` }} />
              )}
            </span>
            {rate(score)}
            {other !== null && <span class="cew-muted"> | {rate(other)}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Marks an input as mislabelled, at first with `proposal`; says what is proposed before and after. */
function Mark({ item, data, head }: { item: Item; data: Evaluation; head: Inputs["head"] }) {
  const workbench = useWorkbench();
  const marked = workbench.proposed(item.id);
  const first = proposal(item, head, data);
  const said = namesOf(marked ?? first, data);
  return (
    <button
      type="button"
      class="cew-lead"
      aria-pressed={marked !== null}
      aria-label={`Input ${item.id} is mislabelled: ${said}`}
      title={marked === null ? `Propose to label it ${said}; other labels can be chosen then` : "Remove the mark"}
      onClick={() => workbench.relabel(item.id, marked === null ? first : null)}
    >
      {marked === null ? `mislabelled? → ${said}` : `✎ ${said}`}
    </button>
  );
}

/** The labels proposed for an input, each to be taken or left. */
function Proposal({ item, data }: { item: Item; data: Evaluation }) {
  const workbench = useWorkbench();
  const now = workbench.proposed(item.id) ?? item.labels.map((k) => data.concepts[k]?.id ?? "");
  return (
    <fieldset class="cew-proposal">
      <legend>Should be labelled</legend>
      {item.bars.map(({ concept }) => {
        const id = data.concepts[concept]?.id ?? "";
        const others = now.filter((one) => one !== id);
        return (
          <label key={id}>
            <input
              type="checkbox"
              checked={others.length < now.length}
              onChange={() => workbench.relabel(item.id, others.length < now.length ? others : [...now, id])}
            />
            {conceptName(data, concept)}
          </label>
        );
      })}
    </fieldset>
  );
}

/** One input: what it is, what it is labelled with, and what it scores. */
function Row({ item, data, head, onOpen }: { item: Item; data: Evaluation; head: Inputs["head"]; onOpen: () => void }) {
  const { good, text } = outcomeMark(item, head, data);
  const marked = useWorkbench().proposed(item.id) !== null;
  return (
    <li class="cew-input">
      <div class="cew-input-what">
        <Picture item={item} run={data.run} />
        <div class="cew-input-words">
          <Words item={item} run={data.run} />
          <p class="cew-muted cew-small">
            <button type="button" class="cew-lead" aria-label={`Open input ${item.id}`} onClick={onOpen}>
              {item.id}
            </button>
            {` · ${figureSentence(item)}`}
          </p>
        </div>
      </div>
      <p class="cew-input-labels">
        <span class={`cew-input-mark cew-input-${good ? "hit" : "miss"}`}>{text}</span>
        {labelSentence(item, data)} <Mark item={item} data={data} head={head} />
      </p>
      <Bars item={item} data={data} head={head} />
      {marked && <Proposal item={item} data={data} />}
    </li>
  );
}

/** One input, large, with every score; arrow keys lead to those beside it on the page. */
function Large({ data, at, count }: { data: Evaluation; at: Signal<number | null>; count: number }) {
  const workbench = useWorkbench();
  const place = useRef<HTMLDialogElement>(null);
  const question = useComputed<Question<"inputs">>(() => ({
    action: "panel",
    panel: "inputs",
    run: data.run,
    revision: data.revision,
    params: { ...inputsParams(workbench), large: at.value },
  }));
  useSignalEffect(() => workbench.demand.want(question.value));
  const supply = workbench.demand.supply(question.value).value;
  const item = supply.section && itemsOf(supply.section)[0];
  useEffect(() => place.current?.showModal(), []);
  const go = (step: number) => {
    const next = (at.value ?? 0) + step;
    if (next >= 0 && next < count) at.value = next;
  };
  return (
    <dialog
      ref={place}
      class="cew-large cew-float"
      aria-label={item ? `Input ${item.id}` : "Input"}
      onClose={() => {
        at.value = null;
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "ArrowRight") go(1);
        if (event.key === "ArrowLeft") go(-1);
      }}
    >
      <div class="cew-inputs-pager">
        <button type="button" aria-disabled={at.value === 0} onClick={() => go(-1)}>
          Previous input
        </button>
        <button type="button" aria-disabled={(at.value ?? 0) + 1 >= count} onClick={() => go(1)}>
          Next input
        </button>
        <button type="button" onClick={() => place.current?.close()}>
          Close
        </button>
      </div>
      {supply.failure && <FailureNotice failure={supply.failure} />}
      {!item && !supply.failure && <p class="cew-muted">Loading the input…</p>}
      {item && supply.section && (
        <>
          <Picture item={item} run={data.run} large />
          <Words item={item} run={data.run} large />
          <p class="cew-muted cew-small">
            {item.id} · labelled {labelSentence(item, data)} · {figureSentence(item)}
          </p>
          <Bars item={item} data={data} head={supply.section.head} />
          <Proposal item={item} data={data} />
        </>
      )}
    </dialog>
  );
}

/** What is listed, and in which order. */
function Choices() {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex, selected } = workbench;
  const outcome = workbench.choice<Selected["outcome"]>("inputs.outcome", "fp");
  const sort = sortOf(workbench);
  const data = evaluation.value;
  const chosen = data?.concepts[conceptIndex.value];
  return (
    <div class="cew-inputs-choices">
      {selected.value === null ? (
        <label class="cew-inputs-choice">
          <span class="cew-label">Show</span>
          <select
            aria-label="Show"
            value={outcome.value}
            onChange={(event) => {
              outcome.value = event.currentTarget.value as Selected["outcome"];
            }}
          >
            {Object.entries(OUTCOMES).map(([one, name]) => (
              <option key={one} value={one} selected={one === outcome.value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <button
          type="button"
          onClick={() => {
            selected.value = null;
          }}
        >
          {chosen && data ? `Show others of ${conceptName(data, conceptIndex.value)}` : "Show others"}
        </button>
      )}
      <label class="cew-inputs-choice">
        <span class="cew-label">Sort by</span>
        <select
          aria-label="Sort by"
          value={sort.value}
          onChange={(event) => {
            sort.value = event.currentTarget.value as Sort;
          }}
        >
          {Object.entries(SORTS).map(([one, name]) => (
            <option key={one} value={one} selected={one === sort.value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** What the run that a list is compared with is called. */
function otherName({ traits }: Workbench, { head }: Inputs): string {
  const all = traits.comparison.value;
  const found = all.find(({ run }) => run === head.against);
  if (found === undefined) return "the run compared";
  return all.some((one) => one !== found && one.title === found.title) ? found.kind_label : found.title;
}

/** The pages; beyond the first and the last there is nothing to press for. */
function Pager({ shown }: { shown: Inputs }) {
  const workbench = useWorkbench();
  const go = (to: number) => () => {
    if (to >= 0 && to < pagesOf(shown)) turnTo(workbench, to);
  };
  const at = shown.head.page;
  return (
    <div class="cew-inputs-pager">
      <button type="button" aria-disabled={at === 0} onClick={go(at - 1)}>
        Previous
      </button>
      <span class="cew-number">{pageSentence(shown)}</span>
      <button type="button" aria-disabled={at + 1 >= pagesOf(shown)} onClick={go(at + 1)}>
        Next
      </button>
      <button
        type="button"
        title="Every number on the page is then of these inputs alone"
        onClick={() => narrow(workbench, "~listed")}
      >
        Only these inputs
      </button>
    </div>
  );
}

/** The list; while another one is on its way, the last one stays, dimmed. */
function InputList({ section }: PanelProps<"inputs">) {
  const workbench = useWorkbench();
  const last = useRef<{ run: string; shown: Inputs } | null>(null);
  const drawn = useComputed(() => {
    const run = workbench.evaluation.value?.run ?? "";
    if (section.value) last.current = { run, shown: section.value };
    else if (last.current?.run !== run) last.current = null;
    return last.current?.shown ?? null;
  });
  const items = useComputed(() => (drawn.value ? itemsOf(drawn.value) : []));
  const opened = useSignal<number | null>(null);
  const [data, shown] = [workbench.evaluation.value, drawn.value];
  return (
    <div class="cew-inputs" data-fresh={section.value !== null}>
      <Choices />
      <p class="cew-inputs-said" aria-live="polite">
        {data && shown ? listSentence(shown, data, otherName(workbench, shown)) : "Loading inputs…"}
      </p>
      {data && shown && shown.head.total > 0 && (
        <>
          <ul class="cew-inputs-list" aria-label="Inputs">
            {items.value.map((item, i) => (
              <Row
                key={`${item.id} ${i}`}
                item={item}
                data={data}
                head={shown.head}
                onOpen={() => {
                  opened.value = i;
                }}
              />
            ))}
          </ul>
          <Pager shown={shown} />
        </>
      )}
      {data && shown && opened.value !== null && <Large data={data} at={opened} count={items.value.length} />}
    </div>
  );
}

export default asks({
  id: "inputs",
  View: InputList,
  unavailable,
  params: inputsParams,
  untaken: (section) => (section?.head.total ? "" : "No inputs are listed."),
});
