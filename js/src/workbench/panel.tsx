/**
 * What a panel is on this side: a folder of `panels/` whose `index.tsx` default-exports a registration.
 *
 * Nothing lists the panels: the bundler finds the folders. What a panel is sent, its Python module says; the contract
 * carries that here, so that `View` and `params` are checked against it. To add one:
 *
 * 1. `clarifai_eval_widget/widget/workbench/panels/NAME.py`: a `PANEL` with its head, parameters, arrays and encoding;
 * 2. `python -m tests.widget.contract` writes its types into `wire/contract.generated.ts`;
 * 3. `panels/NAME/index.tsx` here: `export default registerPanel({ … })`, beside its style.
 *
 * A view follows the workbench's signals. What moves with the threshold should be bound to them (`useComputed`) instead of
 * rendered anew, and drawn in a plot's upper layer; what does not move should not read the threshold at all.
 */
import { type ReadonlySignal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { failureOf } from "../parts/actions.ts";
import { FailureNotice } from "../parts/FailureNotice.tsx";
import { Wait } from "../parts/Wait.tsx";
import { type Failure, PANELS, type PanelPayloads, type PanelRequest } from "../wire/contract.generated.ts";
import type { PanelName, Section } from "../wire/payload.ts";
import { useWorkbench } from "./context.ts";
import type { Question } from "./demand.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Workbench } from "./workbench.ts";

/** What a panel's view is given. */
export interface PanelProps<Name extends PanelName> {
  /** What it was sent; null until that is here. Of an older state while a newer one is on its way. */
  readonly section: ReadonlySignal<Section<Name> | null>;
}

/**
 * Where on the page a panel stands, from left to right and from the top:
 *
 * - `concepts`: the left column; it gives way to the drop-down where there is no room for two columns;
 * - `curves`: a tab of the list "Curves", of which one is on the page at a time;
 * - `beside`: next to the curves, always in view;
 * - `threshold`: under the threshold's control, in view with the curves;
 * - `choosing`: below concepts and curves, while the button "Choose a threshold" is pressed: nothing above it moves;
 * - `below`: under a heading that opens it;
 * - `layer`: nowhere of its own; plots draw it around their curves, and ask for it then (`views/layers.ts`).
 */
export type Slot = "concepts" | "curves" | "beside" | "threshold" | "choosing" | "below" | "layer";

/** What every panel says of itself. */
interface Shown<Name extends PanelName> {
  /** Its folder's name, and its section's. */
  readonly id: Name;
  /** Its tab's text or its heading, where its slot gives it one. */
  readonly title: string;
  /** Where on the page it stands. */
  readonly slot: Slot;
  /** Its place in its slot; lower comes first. */
  readonly order: number;
  /** What it shows; there is room for it before its section is here. */
  readonly View: FunctionComponent<PanelProps<Name>>;
  /** How what it was sent is looked at: what is taken away follows that. */
  readonly look?: (workbench: Workbench) => PanelPayloads[Name]["look"];
  /** What it adds to the headline, whether or not it is open. */
  readonly Said?: FunctionComponent;
  /** Makes it show what the headline speaks of, when the words there are followed. */
  readonly led?: (workbench: Workbench, words: string) => void;
}

/** Whose data a panel asks for. */
export type Subject = Pick<PanelRequest, "run" | "revision">;

/** What is asked for a panel. */
export interface Asked<Name extends PanelName> {
  readonly id: Name;
  readonly params: (workbench: Workbench) => PanelPayloads[Name]["params"];
  /** Whose data it asks for where that is not the evaluation on screen; its view then stands there also without. */
  readonly subject?: (workbench: Workbench) => Subject | null;
  /** Why it has nothing to show of an evaluation; empty when it has. */
  readonly unavailable?: (evaluation: Evaluation) => string;
}

/** A panel whose section does not travel with the results says what to ask with; it is asked again when that changes. */
export interface Asking<Name extends PanelName> extends Asked<Name>, Pick<Shown<Name>, "View" | "look"> {
  /** What it is of, where that is not the evaluation on screen: its files are named after that. */
  readonly of?: (workbench: Workbench) => readonly string[];
  /** Why there is nothing of it to take away, though it is shown; empty when there is. Null while it has no question. */
  readonly untaken?: (section: Section<Name> | null) => string;
}

/** How a panel registers itself. */
export type Registration<Name extends PanelName> = Shown<Name> &
  ((typeof PANELS)[Name]["travels"] extends true ? { readonly params?: never } : Asking<Name>);

/** A panel that asks, whatever it is sent. */
export type AnyAsking = Asking<PanelName>;

/** A registered panel, whatever it is sent. */
export interface Panel extends Omit<Shown<PanelName>, "View"> {
  /** Its view with what it needs, asked for while the view is on the page and can be seen. */
  readonly Body: FunctionComponent;
  /** What it asks with; undefined where it travels, and where that comes late. */
  readonly asking?: AnyAsking;
}

/** Makes a panel of its registration; to be default-exported by the panel's `index.tsx`. */
export function registerPanel<Name extends PanelName>(registration: Registration<Name>): Panel {
  const { id, title, slot, order, Said, led, look, params } = registration;
  const panel = { id, title, slot, order, ...(Said && { Said }), ...(led && { led }), ...(look && { look }) };
  if (PANELS[id].travels) return { ...panel, Body: () => <TravellingBody panel={registration} /> };
  if (params === undefined) throw new TypeError(`The panel "${id}" is asked for and does not say with what.`);
  const asking = registration as unknown as AnyAsking;
  return { ...panel, asking, Body: () => <AskedBody panel={asking} title={title} /> };
}

/**
 * Makes a panel of which only its place is known at the start: its view brings what it asks with (`asking.tsx`). For panels
 * below, which nobody sees at once; to be default-exported by the panel's `index.tsx`.
 */
export function registerLate(place: Omit<Panel, "Body">, View: FunctionComponent<{ title: string }>): Panel {
  return { ...place, Body: () => <View title={place.title} /> };
}

/** A section, or why it cannot be read. */
type Reading<Name extends PanelName> = { section: Section<Name> | null; failure: Failure | null };

/** Reads a section of the evaluation on screen; a faulty one is that panel's failure and no other's. */
function reading<Name extends PanelName>(evaluation: Evaluation | null, name: Name): Reading<Name> {
  try {
    return { section: evaluation?.payload.section(name) ?? null, failure: null };
  } catch (error) {
    return { section: null, failure: failureOf(error) };
  }
}

/** The view of a panel whose section came with the evaluation on screen. */
function TravellingBody<Name extends PanelName>({ panel }: { panel: Shown<Name> }) {
  const { evaluation } = useWorkbench();
  const read = useComputed(() => reading(evaluation.value, panel.id));
  const section = useComputed(() => read.value.section);
  if (read.value.failure) return <FailureNotice failure={read.value.failure} />;
  return <panel.View section={section} />;
}

/** What a panel asks, while `wanted` is true, and what there is for it. */
export function useAnswer<Name extends PanelName>(panel: Asked<Name>, wanted: ReadonlySignal<boolean>) {
  const workbench = useWorkbench();
  const { demand, evaluation } = workbench;
  const reason = useComputed(() => (evaluation.value && panel.unavailable?.(evaluation.value)) || "");
  const question = useComputed<Question<Name> | null>(() => {
    const data = evaluation.value;
    const subject = panel.subject ? panel.subject(workbench) : data;
    if (data === null || subject === null || reason.value !== "") return null;
    const { run, revision } = subject;
    return { action: "panel", panel: panel.id, run, revision, params: panel.params(workbench) };
  });
  useSignalEffect(() => {
    if (wanted.value && question.value) demand.want(question.value);
  });
  useSignalEffect(() => {
    const asked = wanted.value && question.value;
    if (asked) untracked(() => demand.show(asked));
  });
  const supply = useComputed(() => (question.value ? demand.supply(question.value).value : null));
  const section = useComputed(() => supply.value?.section ?? null);
  return { reason, question, supply, section };
}

/**
 * The view of a panel that asks for its section while it is in view.
 *
 * An older drawing of the same question stays while a newer one is on its way, and beside the notice when that fails. Of
 * another question (another concept, another run) nothing stays: it would be taken for the answer.
 */
export function AskedBody<Name extends PanelName>({ panel, title }: { panel: Asking<Name>; title: string }) {
  const { demand, gone, baked } = useWorkbench();
  const place = useRef<HTMLDivElement>(null);
  const inView = useInView(place);
  const { reason, question, supply, section } = useAnswer(panel, inView);
  const asked = question.value;
  const failed = supply.value?.failure;
  return (
    <div
      class="cew-panel"
      ref={place}
      aria-busy={asked !== null && !failed && supply.value?.answered !== asked.revision}
    >
      {reason.value && <p class="cew-muted">{reason}</p>}
      {failed && asked && (
        <FailureNotice failure={failed} quiet={baked}>
          {failed.retry && !gone.value && (
            <button type="button" aria-label={`Retry ${title}`} onClick={() => demand.retry(asked)}>
              Retry
            </button>
          )}
        </FailureNotice>
      )}
      {asked && <Wait control={demand.control(asked)} />}
      {(panel.subject || (asked && (section.value || !failed))) && <panel.View section={section} />}
    </div>
  );
}

/** Whether an element can be seen, or soon will be; true where the browser cannot tell. */
function useInView(place: RefObject<HTMLElement | null>): ReadonlySignal<boolean> {
  const inView = useSignal(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (inView.peek() || place.current === null) return;
    const follow: IntersectionObserverCallback = (entries) => {
      inView.value = entries.at(-1)?.isIntersecting ?? false;
    };
    const observer = new IntersectionObserver(follow, { rootMargin: "200px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [place, inView]);
  return inView;
}
