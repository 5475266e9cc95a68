/** The matrix as a grid of numbers, for as many concepts as can be read. */
import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { count, rate } from "../../../parts/format.ts";
import { conceptName } from "../../sentences.ts";
import { cellForKey, columnWidth, confusedIn, ofLabels, shadeOf, shareIn } from "./cells.ts";
import type { Drawn } from "./model.ts";
import { percent } from "./sentences.ts";

/** A cell is chosen; with `both` those of it that carry both labels, which stand apart. */
export type Choose = (row: number, column: number, both?: boolean) => void;

/** Whether an event on a cell asks for those with both labels: its "+n", the key +, or Shift held down. */
export const asksBoth = (event: MouseEvent | KeyboardEvent): boolean =>
  event.shiftKey || (event as KeyboardEvent).key === "+" || (event.target as Element).localName === "small";

/** The keys that choose a cell. */
export const CHOOSING: readonly string[] = ["Enter", " ", "+"];

/** What both drawings of a matrix are given. */
export interface GridProps {
  readonly drawn: ReadonlySignal<Drawn | null>;
  /** Concepts by index, in the order in which they stand. */
  readonly order: readonly number[];
  /** Whether cells say shares instead of counts. */
  readonly shares: boolean;
  /** A cell is pointed at or focused; null for none. */
  readonly onLook: (cell: readonly [number, number] | null) => void;
  readonly onChoose: Choose;
}

/** What stands in a cell, and how dark it is. */
function cellOf({ cells }: Drawn, row: number, column: number, shares: boolean) {
  const share = shareIn(cells, row, column);
  const shade = shadeOf(share);
  if (cells.means) return { text: rate(share), shared: "", shade };
  const both = cells.shared?.[row * cells.size + column] ?? 0;
  const here = confusedIn(cells, row, column);
  return { text: shares ? percent(share) : count(here), shared: both && !shares ? ` +${count(both)}` : "", shade };
}

/** A cell of the page, and what stands in it. */
interface Written {
  readonly element: HTMLElement;
  readonly row: number;
  readonly column: number;
  readonly text: Text;
  readonly shared: Text;
  shade: number;
}

/** Makes every cell's two texts, empty at first: its number, and beside it those with both labels. */
function emptied(table: HTMLElement): Written[] {
  return Array.from(table.querySelectorAll("td"), (element) => {
    const [text, shared] = [new Text(), new Text()];
    // A box of one height, whatever stands in it.
    const [box, apart] = [document.createElement("span"), document.createElement("small")];
    box.className = "cew-matrix-number";
    apart.append(shared);
    box.append(text, apart);
    element.replaceChildren(box);
    return {
      element,
      row: Number(element.dataset.row),
      column: Number(element.dataset.column),
      text,
      shared,
      shade: -1,
    };
  });
}

/** Writes what changed, and only that: while the slider moves, nothing is made or rendered anew. */
function write(cells: readonly Written[], drawn: Drawn, shares: boolean): void {
  for (const cell of cells) {
    const { text, shared, shade } = cellOf(drawn, cell.row, cell.column, shares);
    if (cell.text.data !== text) cell.text.data = text;
    if (cell.shared.data !== shared) cell.shared.data = shared;
    if (cell.shade === shade) continue;
    cell.shade = shade;
    cell.element.dataset.shade = String(shade);
  }
}

/** A table of which one cell at a time can be reached by Tab, and the others by arrow keys. */
export function Grid({ drawn, order, shares, onLook, onChoose }: GridProps) {
  const table = useRef<HTMLTableElement>(null);
  const active = useSignal<readonly [number, number]>([0, 0]);
  const asShares = useSignal(shares);
  asShares.value = shares;
  const inOrder = useSignal(order);
  inOrder.value = order;
  const written = useRef<{ of: readonly number[]; cells: Written[] } | null>(null);
  useSignalEffect(() => {
    const of = inOrder.value; // in another order, other cells stand at the same places
    if (table.current === null || drawn.value === null) return;
    if (written.current?.of !== of) written.current = { of, cells: emptied(table.current) };
    write(written.current.cells, drawn.value, asShares.value);
    const width = `${118 + columnWidth(drawn.value.cells) * of.length}px`;
    if (table.current.style.width !== width) table.current.style.width = width;
  });
  const data = drawn.peek()?.data;
  if (data === undefined) return null;
  const cellAt = (event: Event): [number, number] | null => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("td");
    return cell && [Number(cell.dataset.row), Number(cell.dataset.column)];
  };
  const choose = (event: MouseEvent | KeyboardEvent) => {
    const cell = cellAt(event);
    if (cell) onChoose(...cell, asksBoth(event));
  };
  const move = (event: KeyboardEvent) => {
    if (CHOOSING.includes(event.key)) {
      event.preventDefault();
      return choose(event);
    }
    const next = cellForKey(event.key, active.value, order.length);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    active.value = next;
    table.current?.querySelector<HTMLElement>(`td[data-at="${next.join()}"]`)?.focus();
  };
  return (
    <table
      ref={table}
      class="cew-matrix-grid"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that has the keys of a grid is one
      role="grid"
      aria-label="Confusion matrix"
      onKeyDown={move}
      onClick={choose}
      onPointerOver={(event) => onLook(cellAt(event))}
      onPointerLeave={() => onLook(null)}
      onFocusIn={(event) => onLook(cellAt(event))}
    >
      <thead>
        <tr>
          <th class="cew-matrix-corner" scope="col">
            {ofLabels(drawn.peek()?.matrix.head.kind ?? "count") ? "labelled ↓ and →" : "labelled ↓ given →"}
          </th>
          {order.map((k) => (
            <th key={k} scope="col" title={conceptName(data, k)}>
              <span>{conceptName(data, k)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {order.map((row, i) => (
          <tr key={row}>
            <th scope="row" title={conceptName(data, row)}>
              {conceptName(data, row)}
            </th>
            {order.map((column, j) => (
              <td
                key={column}
                class={row === column ? "cew-matrix-hit" : ""}
                data-row={row}
                data-column={column}
                data-at={`${i},${j}`}
                tabIndex={active.value[0] === i && active.value[1] === j ? 0 : -1}
                onFocus={() => {
                  active.value = [i, j];
                }}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
