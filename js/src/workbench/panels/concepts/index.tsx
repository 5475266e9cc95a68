/** The concepts side by side, at their thresholds: sorted, filtered, and one of them chosen. */
import { type ReadonlySignal, type Signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { count, plural } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import { type PanelProps, registerPanel } from "../../panel.tsx";
import { ResetOwn } from "../../views/ThresholdField.tsx";
import type { Workbench } from "../../workbench.ts";
import { ConceptRow, MicroRow } from "./ConceptRow.tsx";
import {
  COLUMNS,
  type Column,
  inView,
  nextSorting,
  ordered,
  ROW_HEIGHT,
  type Sorting,
  scaleStart,
  scrolledTo,
} from "./rows.ts";
import { tableNote } from "./sentences.ts";
import "./style.css";

/** Milliseconds after the threshold's last move until rows sorted by what follows it are sorted anew. */
const SETTLED_AFTER = 250;

/** The heads, by which the rows are sorted. */
function Heads({ sorting }: { sorting: Signal<Sorting> }) {
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        {COLUMNS.map(({ key, text, short }) => (
          <th
            key={key}
            role="columnheader"
            scope="col"
            class={`cew-col-${key}`}
            aria-sort={sorting.value?.by === key ? sorting.value.way : undefined}
          >
            <button
              type="button"
              aria-label={text}
              data-short={short}
              title={`Sort by ${text}`}
              onClick={() => {
                sorting.value = nextSorting(sorting.value, key);
              }}
            />
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A count that grows once the threshold has stood still: what is sorted by it must not jump under the pointer. */
function useSettled(): ReadonlySignal<number> {
  const { traits } = useWorkbench();
  const settled = useSignal(0);
  useSignalEffect(() => {
    traits.threshold.value;
    traits.thresholds.value;
    const clock = setTimeout(() => {
      settled.value = settled.peek() + 1;
    }, SETTLED_AFTER);
    return () => clearTimeout(clock);
  });
  return settled;
}

/** What is typed to filter the rows. */
const typedIn = (workbench: Workbench) => workbench.choice("concepts.typed", "");

/** By what the rows are sorted. */
const sortedBy = (workbench: Workbench) => workbench.choice<Sorting>("concepts.sorting", null);

/** The concepts to show, in order, at the thresholds now: it does not follow them. */
function orderNow(workbench: Workbench, section: Section<"concepts"> | null): readonly number[] {
  const evaluation = workbench.evaluation.value;
  const [words, by] = [typedIn(workbench).value, sortedBy(workbench).value];
  if (evaluation === null) return [];
  const values = {
    evaluation,
    section,
    pointOf: (k: number) => untracked(() => workbench.pointOf(k)),
    thresholdOf: (k: number) => untracked(() => workbench.thresholdOf(k)),
  };
  return ordered(values, words, by);
}

/** The concepts to show, in order: sorted anew when results come, and when the threshold has settled. */
function useOrder({ section }: PanelProps<"concepts">) {
  const workbench = useWorkbench();
  const settled = useSettled();
  return useComputed(() => {
    settled.value;
    return orderNow(workbench, section.value);
  });
}

/** How far the rows are scrolled, and how high their view is. */
function useView() {
  const body = useRef<HTMLTableSectionElement>(null);
  const scrolled = useSignal(0);
  const height = useSignal(12 * ROW_HEIGHT);
  useEffect(() => {
    const element = body.current;
    if (element === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (element.clientHeight > 0) height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);
  return { body, scrolled, height };
}

/** Where a key leads from a row among `count`; null for a key that moves nothing. */
export function rowForKey(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(-1, to));
}

/** The button to the left or right of the one in its row that a key was pressed on; nothing for another key. */
function besideForKey({ key, target }: KeyboardEvent): HTMLElement | undefined {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const row = [...((target as Element).closest("tr")?.querySelectorAll("button") ?? [])];
  return step ? row[row.indexOf(target as HTMLButtonElement) + step] : undefined;
}

/** The rows in view; those above and below are room only. Row -1 is the macro average, which always stands first. */
function Rows({
  data,
  section,
  order,
  onSort,
}: {
  data: Evaluation;
  order: ReadonlySignal<readonly number[]>;
  onSort: (by: Column) => void;
} & PanelProps<"concepts">) {
  const workbench = useWorkbench();
  const { body, scrolled, height } = useView();
  const focusing = useRef(false);
  const chosen = workbench.conceptIndex.value;
  const rows = order.value;
  const { from, to } = inView(scrolled.value, height.value, rows.length);
  const scale = scaleStart(data);
  // The room of the rows that are not drawn is the margin of the first and of the last that are.
  const row = (k: number, at: number) => (
    <ConceptRow
      // Another evaluation may have the same concept in another place, where its counts are.
      key={`${k} ${data.concepts[k]?.id}`}
      data={data}
      section={section.value}
      k={k}
      chosen={k === chosen}
      place={at < 0 ? 2 : at + 4}
      above={at === from ? from : 0}
      below={at === to - 1 ? rows.length - to : 0}
      from={scale}
      onSort={onSort}
    />
  );
  const shownAt = rows.indexOf(chosen);
  // Only a choice scrolls: rows that come in or change places must not.
  useEffect(() => {
    if (shownAt >= 0 && body.current) {
      body.current.scrollTop = scrolledTo(shownAt, body.current.scrollTop, body.current.clientHeight);
    }
    if (!focusing.current) return;
    focusing.current = false;
    const id = data.concepts[chosen]?.id ?? "";
    const table = body.current?.closest("table");
    const names = [...(table?.querySelectorAll<HTMLElement>(".cew-concept-name") ?? [])];
    names.find((name) => name.dataset.concept === id)?.focus({ preventScroll: true });
  }, [chosen]);
  const move = (event: KeyboardEvent) => {
    const beside = besideForKey(event);
    if (beside) beside.focus();
    if (beside) return;
    const next = rowForKey(event.key, shownAt, rows.length);
    if (next === null || !(event.target as HTMLElement).classList.contains("cew-concept-name")) return;
    event.preventDefault();
    event.stopPropagation();
    focusing.current = true;
    const k = rows[next];
    workbench.setConcept(k === undefined ? null : (data.concepts[k]?.id ?? null));
  };
  return (
    <>
      <tbody role="rowgroup" class="cew-concepts-macro" onKeyDown={move}>
        {row(data.concepts.length, -1)}
        {data.has_counts && data.concepts.length > 1 && <MicroRow section={section.value} />}
      </tbody>
      <tbody
        role="rowgroup"
        class="cew-concepts-rows"
        ref={body}
        onKeyDown={move}
        onScroll={(event) => {
          scrolled.value = event.currentTarget.scrollTop;
        }}
      >
        {rows.slice(from, to).map((k, i) => row(k, from + i))}
      </tbody>
    </>
  );
}

/** Filter, table, and how its numbers are had. */
function Concepts({ section }: PanelProps<"concepts">) {
  const workbench = useWorkbench();
  const { evaluation } = workbench;
  const [typed, sorting] = [typedIn(workbench), sortedBy(workbench)];
  const order = useOrder({ section });
  const data = evaluation.value;
  const all = data?.concepts.length ?? 0;
  const digits = count(Math.max(...(data?.concepts.map(({ num_pos }) => num_pos) ?? []), 100)).length;
  return (
    <div class="cew-concepts">
      <div class="cew-concepts-filter">
        <input
          type="search"
          aria-label="Filter concepts"
          placeholder={all > 0 ? `Filter ${plural(all, "concept")}` : "Filter concepts"}
          value={typed}
          disabled={data === null}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        {typed.value !== "" && (
          <span class="cew-muted cew-small" role="status">
            {order.value.length} of {all}
          </span>
        )}
        <ResetOwn />
      </div>
      <table
        role="table"
        aria-label="Concepts"
        aria-rowcount={all + 3}
        class="cew-concepts-table"
        style={{ "--cew-digits": digits }}
      >
        <Heads sorting={sorting} />
        {data && (
          <Rows
            data={data}
            section={section}
            order={order}
            onSort={(by) => (sorting.value = { by, way: "ascending" })}
          />
        )}
      </table>
      <p class="cew-muted cew-small cew-concepts-note">{data && tableNote(data)}</p>
    </div>
  );
}

/** Its rows and columns. */
function look(workbench: Workbench) {
  const data = workbench.evaluation.value;
  const order = orderNow(workbench, data?.payload.section("concepts") ?? null);
  return {
    concepts: order.map((k) => data?.concepts[k]?.id ?? ""),
    columns: COLUMNS.map(({ key }) => key),
  };
}

export default registerPanel({ id: "concepts", title: "Concepts", slot: "concepts", order: 10, View: Concepts, look });
