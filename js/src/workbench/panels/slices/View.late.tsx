/** The slices as a table; a button shows one of them by itself. */

import { useComputed } from "@preact/signals";
import { count, rate } from "../../../parts/format.ts";
import { Wait } from "../../../parts/Wait.tsx";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import { narrow } from "../../narrow.ts";
import type { PanelProps } from "../../panel.tsx";
import { Lead } from "../../views/Lead.tsx";
import { slicedBy, slicesParams } from "./params.ts";
import { areaText, foundSentence, howSentence, type Slice, slicesOf } from "./sentences.ts";
import "./style.css";

/** By what the inputs are sliced. */
function Fields({ fields, by }: { fields: readonly string[]; by: string }) {
  const chosen = slicedBy(useWorkbench());
  return (
    <label class="cew-slices-by">
      <span class="cew-label">Slice by</span>
      <select
        aria-label="Slice by"
        value={by}
        onChange={(event) => {
          chosen.value = event.currentTarget.value;
        }}
      >
        {fields.map((one) => (
          <option key={one} value={one} selected={one === by}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** An interval on the scale from 0 to 1, with its figure; the line is that of all inputs. */
function Range({ slice, whole }: { slice: Slice; whole: number | null }) {
  const { area, low, high } = slice;
  const to = (x: number) => `${x * 100}%`;
  return (
    <span class="cew-slices-range" aria-hidden="true">
      {!Number.isNaN(low + high) && <span style={{ left: to(low), width: to(high - low) }} />}
      {!Number.isNaN(area) && <b style={{ left: to(area) }} />}
      {whole !== null && <i style={{ left: to(whole) }} />}
    </span>
  );
}

/** One slice. */
function Row({ slice, by, whole }: { slice: Slice; by: string; whole: number | null }) {
  const workbench = useWorkbench();
  const of = workbench.evaluation.value?.concepts[workbench.conceptIndex.value];
  const also = { by, value: slice.value };
  const every = { ...also, outcome: "all" } as const;
  const all = `Show all inputs of ${by} ${slice.value}`;
  return (
    <tr>
      <th scope="row">{slice.value}</th>
      <td>
        <Lead figure="num_pos" of={of} also={every} title={all}>
          {count(slice.inputs)}
        </Lead>
      </td>
      <td class="cew-slices-drawn">
        <Range slice={slice} whole={whole} />
      </td>
      <td title={slice.reason}>
        {Number.isNaN(slice.area) ? (
          areaText(slice)
        ) : (
          <Lead figure="roc_auc" of={of} also={of ? also : every} {...(!of && { title: all })}>
            {areaText(slice)}
          </Lead>
        )}
      </td>
      <td title={slice.reason}>
        {Number.isNaN(slice.f1) ? (
          rate(slice.f1)
        ) : (
          <Lead figure="f1" of={of} also={also}>
            {rate(slice.f1)}
          </Lead>
        )}
      </td>
      <td>
        {!workbench.baked && (
          <button
            type="button"
            class="cew-lead"
            aria-label={`Only these: ${by} ${slice.value}`}
            onClick={() => narrow(workbench, by, slice.value)}
          >
            only these
          </button>
        )}
      </td>
    </tr>
  );
}

/** The fields, the table, and how its figures are had. */
function SlicesTable({ section }: PanelProps<"slices">) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex } = workbench;
  const whole = useComputed(() => {
    const data = evaluation.value;
    return (data?.concepts[conceptIndex.value] ?? data?.macro)?.roc_auc ?? null;
  });
  const [data, shown] = [evaluation.value, section.value];
  if (data === null || shown === null) return <p class="cew-muted">Loading slices…</p>;
  const { fields, by } = shown.head;
  return (
    <section class="cew-slices" aria-label="Slices">
      {fields.length > 0 && <Fields fields={fields} by={by} />}
      <p class="cew-muted" aria-live="polite">
        {foundSentence(shown, workbench.traits.narrowed.value)} <Wait control="narrow" />
      </p>
      {fields.length > 0 && (
        <>
          <table aria-label={`Slices by ${by}`}>
            <thead>
              <tr>
                <th scope="col">{by}</th>
                <th scope="col">Inputs</th>
                <th scope="col" class="cew-slices-drawn">
                  0 to 1
                </th>
                <th scope="col">ROC AUC</th>
                <th scope="col">F1</th>
                <th scope="col">
                  <span class="cew-visually-hidden">Show</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {slicesOf(shown).map((slice) => (
                <Row key={slice.value} slice={slice} by={by} whole={whole.value} />
              ))}
            </tbody>
          </table>
          <p class="cew-muted cew-small">{howSentence(shown, data)}</p>
        </>
      )}
    </section>
  );
}

export default asks({
  id: "slices",
  View: SlicesTable,
  unavailable: (data) => (data.has_counts ? "" : "The platform sent rates only: there are no inputs to slice."),
  params: slicesParams,
  untaken: (section) => (section?.head.fields.length ? "" : "There is nothing to slice by."),
});
