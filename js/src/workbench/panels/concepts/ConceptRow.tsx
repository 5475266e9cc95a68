/** A row of the table: one concept, or the macro average. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { count, rate, threshold, UNDEFINED } from "../../../parts/format.ts";
import type { ConceptFigures } from "../../../wire/contract.generated.ts";
import type { Section } from "../../../wire/payload.ts";
import { leadToCaution, ownCautions } from "../../cautions.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { microPoint } from "../../micro.ts";
import type { Figure } from "../../outcomes.ts";
import { IN_TABLE, type RateName } from "../../rates.ts";
import { noMacro } from "../../sentences.ts";
import { briefThreshold, shownThreshold } from "../../thresholds.ts";
import { Lead, type LeadProps } from "../../views/Lead.tsx";
import { useMicro } from "../../views/layers.ts";
import { tick, wayOf } from "../../views/ticked.tsx";
import { type Area, areaOf, averagePrecision, type Column, ROW_HEIGHT } from "./rows.ts";
import { aucTitle, undefinedRate } from "./sentences.ts";
import { TINY, tinyRoc } from "./tiny.ts";

/** An area's interval on a common scale, with the area as a tick. */
function IntervalBar({ area, from }: { area: Area; from: number }) {
  const at = (x: number) => `${(((x - from) / (1 - from)) * 100).toFixed(1)}%`;
  const { roc_auc_low: low, roc_auc_high: high } = area;
  const value = areaOf(area);
  if (value === null) return null;
  return (
    <span class="cew-interval" aria-hidden="true">
      {low !== null && high !== null && <i style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />}
      <s style={{ left: at(value) }} />
    </span>
  );
}

/** What makes a number of a row a way to its inputs. */
type Led = (figure: Figure) => Omit<LeadProps, "children">;

/** The area with its bar, or the reason why there is none. */
function AucCell({
  area,
  from,
  tiny,
  led,
}: {
  area: Area & Pick<ConceptFigures, "reason">;
  from: number;
  tiny: ComponentChildren;
  led: Led;
}) {
  const title = aucTitle(area);
  if (area.roc_auc === null) {
    return (
      <td role="cell" class="cew-col-roc_auc cew-undefined" title={title}>
        {area.reason || "undefined"}
      </td>
    );
  }
  return (
    <td role="cell" class="cew-col-roc_auc" title={title}>
      {tiny}
      <IntervalBar area={area} from={from} />
      <Lead {...led("roc_auc")}>{rate(areaOf(area))}</Lead>
    </td>
  );
}

/** A rate at the concept's threshold, bound to the signals: a drag renders no row anew. */
function RateCell({ point, name, led }: { point: ReadonlySignal<OperatingPoint | null>; name: RateName; led: Led }) {
  const workbench = useWorkbench();
  const value = useComputed(() => (point.value as OperatingPoint | null)?.[name] ?? null);
  const hasCounts = workbench.evaluation.value?.has_counts ?? true;
  const shown = useComputed(() => (point.value === null && hasCounts ? "…" : rate(value.value)));
  const title = useComputed(() => {
    const data = workbench.evaluation.value;
    if (point.value === null || data === null || value.value !== null) return "";
    const k = data.concepts.findIndex(({ id }) => id === led(name).of?.id);
    return undefinedRate(name, data, k < 0 ? data.concepts.length : k);
  });
  return (
    <td role="cell" data-column={name} title={title}>
      <Lead {...led(name)}>{shown}</Lead>
    </td>
  );
}

/** The concept's ROC, as small as a word; pressed, the plots draw it strong in the same way. */
function Tiny({ data, k, chosen }: { data: Evaluation; k: number; chosen: boolean }) {
  const workbench = useWorkbench();
  const path = useMemo(() => tinyRoc(data, k), [data, k]);
  const { id, name } = data.concepts[k] as ConceptFigures;
  const way = wayOf(workbench, id);
  const drawing = (
    <svg class={`cew-tiny cew-ticked-${way}`} viewBox={`0 0 ${TINY} ${TINY}`} aria-hidden="true">
      <path d={path} />
    </svg>
  );
  // The table as a widget of its own has no plot beside it.
  if (workbench.traits.panel.value !== "") return <span class="cew-tick">{drawing}</span>;
  return (
    <button
      type="button"
      class="cew-tick"
      aria-label={`Curve of ${name || id} drawn strong`}
      aria-pressed={way >= 0}
      title={way >= 0 ? "Press to draw its curve faint again" : "Press to draw its curve strong beside the chosen one"}
      tabIndex={chosen ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        tick(workbench, id);
      }}
    >
      {drawing}
    </button>
  );
}

/** The average over all decisions together; there is nothing to choose. */
export function MicroRow({ section }: { section: Section<"concepts"> | null }) {
  const workbench = useWorkbench();
  // Of the evaluation as a signal: one from the properties would be the last one's when its counts come.
  const point = useComputed(() => {
    const data = workbench.evaluation.value;
    return data && microPoint(data, workbench.pointOf(data.concepts.length));
  });
  // The areas of very many decisions do not travel.
  const asked = useMicro(({ payload }) => payload.section("concepts").head.micro_asked).value?.head;
  const head = asked ?? { roc_auc: section?.head.micro_roc_auc, avg_precision: section?.head.micro_avg_precision };
  const why = (asked ? asked.reason : section?.head.micro_reason) ?? "";
  const led: Led = (figure) => ({ figure, of: null, tabIndex: figure === "roc_auc" ? 0 : -1 });
  return (
    <tr role="row" aria-rowindex={3} class="cew-concept cew-micro" title="All decisions of all concepts together">
      <th role="rowheader" scope="row" class="cew-col-concept" colSpan={2}>
        Micro average
      </th>
      <td role="cell" class={why ? "cew-undefined" : ""} title={why}>
        {why ? UNDEFINED : <Lead {...led("roc_auc")}>{rate(head.roc_auc)}</Lead>}
      </td>
      <td role="cell" class={why ? "cew-col-avg_precision cew-undefined" : "cew-col-avg_precision"} title={why}>
        {why ? UNDEFINED : <Lead {...led("avg_precision")}>{rate(head.avg_precision)}</Lead>}
      </td>
      {IN_TABLE.map((name) => (
        <RateCell key={name} point={point} name={name} led={led} />
      ))}
      <td role="cell" class="cew-col-threshold" />
    </tr>
  );
}

/** The concept's threshold: pressed it is its own, else it follows the common one. */
function ThresholdCell({ k, concept }: { k: number; concept: ConceptFigures | undefined }) {
  const workbench = useWorkbench();
  const { evaluation } = workbench;
  const text = useComputed(() => {
    const data = evaluation.value;
    return data ? threshold(workbench.thresholdOf(k), data.dtype) : "";
  });
  const common = useComputed(() => `The common threshold, ${text.value}`);
  const pressed = useComputed(() => `Its own threshold, ${text.value}: press to follow the common one`);
  const follows = useComputed(() => `${common.value}: press to give it its own`);
  const brief = useComputed(() => {
    const data = evaluation.value;
    return data ? briefThreshold(shownThreshold(data, k, workbench.thresholdOf(k))) : "";
  });
  const named = useComputed(() => `Own threshold for ${concept?.name || concept?.id}: ${text.value}`);
  if (concept === undefined) {
    return (
      <td role="cell" class="cew-col-threshold" title={common}>
        {brief}
      </td>
    );
  }
  const own = workbench.isOwn(concept.id);
  return (
    <td role="cell" class="cew-col-threshold">
      <button
        type="button"
        class="cew-own"
        aria-label={named}
        aria-pressed={own}
        title={own ? pressed : follows}
        onClick={(event) => {
          event.stopPropagation();
          workbench.setOwn(concept.id, !own);
          workbench.setConcept(concept.id);
        }}
      >
        {brief}
      </button>
    </td>
  );
}

/** Leads from what there is to be careful about in the row to what it means. */
function Careful({ data, k }: { data: Evaluation; k: number }) {
  const workbench = useWorkbench();
  const own = ownCautions(data, k);
  if (own.length === 0) return null;
  const said = own.map(({ code, title }) => `${code}: ${title}`).join("; ");
  // The table as a widget of its own has no such panel.
  const go = workbench.traits.panel.value === "" ? () => leadToCaution(workbench, own[0]?.title ?? "") : undefined;
  return (
    <button type="button" class="cew-lead cew-careful" tabIndex={-1} aria-label={said} title={said} onClick={go}>
      <span aria-hidden="true">!</span>
    </button>
  );
}

/** What a row is given. */
export interface ConceptRowProps {
  data: Evaluation;
  section: Section<"concepts"> | null;
  /** Index of the concept; their number stands for the macro average. */
  k: number;
  chosen: boolean;
  /** Its place among all rows, from 1, the head being the first. */
  place: number;
  /** Left end of the intervals' scale. */
  from: number;
  /** Sorts the concepts by a column, the lowest first. */
  onSort: (by: Column) => void;
  /** How many rows above it, and below it, have room but are not drawn. */
  above: number;
  below: number;
}

/** One concept; a click on it, or an arrow key that leads to it, puts it on screen. */
export function ConceptRow({ data, section, k, chosen, place, from, onSort, above, below }: ConceptRowProps) {
  const workbench = useWorkbench();
  const concept = data.concepts[k];
  const name = concept ? concept.name || concept.id : "Macro average";
  const area = concept ?? { ...data.macro, reason: noMacro(data) };
  const choose = () => workbench.setConcept(concept?.id ?? null);
  const point = useComputed(() => workbench.pointOf(k));
  const precision = averagePrecision(section, k);
  const led: Led = (figure) => ({
    figure,
    of: concept,
    tabIndex: chosen ? 0 : -1,
    ...(!concept && {
      title: "The mean over the concepts: sort by it, lowest first",
      instead: () => onSort(figure as Column),
    }),
  });
  return (
    <tr
      role="row"
      aria-rowindex={place}
      class="cew-concept"
      aria-current={chosen ? "true" : undefined}
      onClick={choose}
      style={{ marginBlock: `${above * ROW_HEIGHT}px ${below * ROW_HEIGHT}px` }}
    >
      <th role="rowheader" scope="row" class="cew-col-concept" colSpan={concept ? 1 : 2}>
        <button
          type="button"
          class="cew-concept-name"
          data-concept={concept?.id ?? ""}
          tabIndex={chosen || concept === undefined ? 0 : -1}
          title={concept && concept.name !== concept.id ? `${name} (${concept.id})` : name}
          onClick={choose}
        >
          {name}
        </button>
        <Careful data={data} k={k} />
        {concept && concept.name !== "" && concept.name !== concept.id && <small>{concept.id}</small>}
      </th>
      {concept && (
        <td role="cell" class="cew-col-positives">
          <Lead {...led("num_pos")}>{count(concept.num_pos)}</Lead>
        </td>
      )}
      <AucCell area={area} from={from} led={led} tiny={concept && <Tiny data={data} k={k} chosen={chosen} />} />
      <td role="cell" class="cew-col-avg_precision">
        {precision === null ? UNDEFINED : <Lead {...led("avg_precision")}>{rate(precision)}</Lead>}
      </td>
      {IN_TABLE.map((name) => (
        <RateCell key={name} point={point} name={name} led={led} />
      ))}
      <ThresholdCell k={k} concept={concept} />
    </tr>
  );
}
