/** The differences concept by concept. */
import { type Signal, useSignal } from "@preact/signals";
import { count, rate } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import { ENDS } from "../../outcomes.ts";
import { Lead } from "../../views/Lead.tsx";
import { showArea, showDiffering, showOnly } from "./leads.ts";
import { type Compared, letter, type Order, type Row, reach, rows } from "./model.ts";
import { orderOf, otherOf, read } from "./params.ts";
import { differTitle, methodLine, ORDERS, pText, signed } from "./sentences.ts";

/** Rows shown before all are asked for. */
const FEW = 30;

/** A difference and its interval about 0, on the scale of all. */
function Bar({ row, scale }: { row: Row; scale: number }) {
  const place = (x: number) => `${50 + (50 * x) / scale}%`;
  const { difference, low, high } = row;
  if (Number.isNaN(difference)) return null;
  return (
    <svg class="cew-compare-bar" aria-hidden="true">
      <line class="cew-compare-zero" x1="50%" x2="50%" y1="0" y2="100%" />
      {!Number.isNaN(low) && <line class="cew-compare-range" x1={place(low)} x2={place(high)} y1="50%" y2="50%" />}
      <circle class="cew-compare-dot" cx={place(difference)} cy="50%" r="3.5" />
    </svg>
  );
}

/** An area of one of the two runs, which leads to what lowers it there. */
function Area({ row, value, run }: { row: Row; value: number; run: string }) {
  const workbench = useWorkbench();
  const here = workbench.evaluation.value?.run === run;
  if (Number.isNaN(value) || (workbench.baked && !here)) return <td>{rate(value)}</td>;
  return (
    <td>
      <Lead figure="roc_auc" of={row} instead={() => showArea(workbench, row.id, run)}>
        {rate(value)}
      </Lead>
    </td>
  );
}

/** One concept; a click chooses it, or leads from a number to its inputs. */
function ConceptRow({
  row,
  scale,
  pair,
  paired,
}: {
  row: Row;
  scale: number;
  pair: [string, string];
  paired: boolean;
}) {
  const workbench = useWorkbench();
  const chosen = workbench.traits.concept.value === row.id;
  const p = pText(row.p).replace("p = ", "").replace("p ", "");
  const range = Number.isNaN(row.low) ? "" : `[${signed(row.low)}, ${signed(row.high)}]`;
  return (
    <tr aria-current={chosen ? "true" : undefined}>
      <th scope="row">
        <button type="button" class="cew-lead" title={row.name} onClick={() => workbench.setConcept(row.id)}>
          {row.name}
        </button>
      </th>
      <Area row={row} value={row.first} run={pair[0]} />
      <Area row={row} value={row.other} run={pair[1]} />
      <td title={`${signed(row.difference)} ${range}`}>
        {paired && !Number.isNaN(row.difference) ? (
          <Lead
            figure="roc_auc"
            of={row}
            title={`Show the inputs that only the better one classifies correctly for ${row.name}`}
            instead={() => showOnly(workbench, row.id, pair, row.difference < 0)}
          >
            {signed(row.difference)}
          </Lead>
        ) : (
          signed(row.difference)
        )}{" "}
        <span class="cew-muted cew-compare-range-text" title={range && `${ENDS}: press the difference for its inputs.`}>
          {range}
        </span>
      </td>
      <td class="cew-compare-bar-cell">
        <Bar row={row} scale={scale} />
      </td>
      <td title={row.reason}>
        {p && paired ? (
          <Lead
            figure="roc_auc"
            of={row}
            title={differTitle(row.name)}
            instead={() => showDiffering(workbench, row.id, pair)}
          >
            {p}
          </Lead>
        ) : (
          p || (row.reason ? "–*" : "–")
        )}
      </td>
    </tr>
  );
}

/** What the table shows: of which other, in which order. */
function Choices({ at, order, others }: { at: Signal<number>; order: Signal<Order>; others: number }) {
  return (
    <div class="cew-compare-order">
      {others > 1 && (
        <label class="cew-inputs-choice">
          <span class="cew-label">Against A</span>
          <select
            aria-label="Against the first"
            value={String(at.value)}
            onChange={(event) => {
              at.value = Number(event.currentTarget.value);
            }}
          >
            {Array.from({ length: others }, (_, j) => (
              <option key={letter(j + 1)} value={String(j)}>
                {letter(j + 1)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="cew-inputs-choice">
        <span class="cew-label">Order</span>
        <select
          aria-label="Order of the differences"
          value={order.value}
          onChange={(event) => {
            order.value = event.currentTarget.value as Order;
          }}
        >
          {Object.entries(ORDERS).map(([one, name]) => (
            <option key={one} value={one} selected={one === order.value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** The table of one of the others against the first. */
export function Differences({ shown, others }: { shown: Compared; others: number }) {
  const workbench = useWorkbench();
  const [at, order] = [otherOf(workbench), orderOf(workbench)];
  const runs = read(workbench).map(({ run }) => run);
  const whole = useSignal(false);
  const j = Math.min(at.value, others - 1);
  const other = shown.head.others[j];
  if (other === undefined) return null;
  const all = rows(shown, j, order.value);
  const scale = reach(all);
  const some = whole.value ? all : all.slice(0, FEW);
  const pair: [string, string] = [runs[0] ?? "", runs[j + 1] ?? ""];
  const notes = some.filter(({ reason }) => reason !== "");
  return (
    <div class="cew-compare-table">
      <Choices at={at} order={order} others={others} />
      <div class="cew-compare-scroll">
        <table aria-label="Differences by concept">
          <thead>
            <tr>
              <th scope="col">Concept</th>
              <th scope="col">AUC A</th>
              <th scope="col">AUC {letter(j + 1)}</th>
              <th scope="col">Difference</th>
              <td class="cew-compare-bar-cell" />
              <th scope="col">p (Holm)</th>
            </tr>
          </thead>
          <tbody>
            {some.map((row) => (
              <ConceptRow key={row.id} row={row} scale={scale} pair={pair} paired={other.only_first !== null} />
            ))}
          </tbody>
        </table>
      </div>
      {all.length > some.length && (
        <button
          type="button"
          onClick={() => {
            whole.value = true;
          }}
        >
          Show all {count(all.length)}
        </button>
      )}
      <p class="cew-muted cew-small" title={other.method}>
        {methodLine(
          other,
          all.some(({ low, high }) => !Number.isNaN(low + high)),
        )}
      </p>
      {notes[0] && (
        <p class="cew-muted cew-small">
          * {notes[0].name}: {notes[0].reason}
          {notes.length > 1 ? `; and ${count(notes.length - 1)} more.` : "."}
        </p>
      )}
    </div>
  );
}
