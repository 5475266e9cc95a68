/** Which concepts are taken for which; a click on a cell lists its inputs. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { behindCell, type MatrixKind, ofLabels, ofPlatform, strongest } from "./cells.ts";
import { type Choose, Grid } from "./Grid.tsx";
import { Heat } from "./Heat.tsx";
import { type Drawn, useDrawn } from "./model.ts";
import { FOLLOWED, givenOf, kindOf, matrixParams, sharesOf, unavailable } from "./params.ts";
import { bothSentence, cellSentence, confusionSentence, howSentence, KINDS, leastSentence } from "./sentences.ts";
import "./style.css";

/** How many confusions are told in words. */
const TOLD = 8;
/** What to do with a cell. */
const POINT = "Point at a cell to read it";

/** Which matrix, in which order, and as what. */
function Choices() {
  const workbench = useWorkbench();
  const kind = kindOf(workbench);
  const [given, shares] = [givenOf(workbench), sharesOf(workbench)];
  const kinds = workbench.evaluation.value?.matrices ?? [];
  return (
    <div class="cew-matrix-choices">
      <label class="cew-matrix-choice">
        <span class="cew-label">Cells</span>
        <select
          aria-label="Cells"
          value={kind.value}
          onChange={(event) => (kind.value = event.currentTarget.value as MatrixKind)}
        >
          {kinds.map((one) => (
            <option key={one} value={one} selected={one === kind.value}>
              {KINDS[one]}
            </option>
          ))}
        </select>
      </label>
      <label class="cew-matrix-choice">
        <span class="cew-label">Order</span>
        <select
          aria-label="Order"
          value={String(given.value)}
          onChange={(event) => (given.value = event.currentTarget.value === "true")}
        >
          <option value="false">Confused together</option>
          <option value="true">As given</option>
        </select>
      </label>
      {!kind.value.endsWith("probability") && (
        <label class="cew-matrix-check">
          <input
            type="checkbox"
            checked={shares.value}
            onChange={(event) => (shares.value = event.currentTarget.checked)}
          />
          Shares of the row
        </label>
      )}
    </div>
  );
}

/** The strongest confusions in words; each leads to its inputs. */
function Strongest({ drawn, onChoose }: { drawn: Drawn; onChoose: Choose }) {
  const { data, cells, matrix } = drawn;
  if (cells.means || ofLabels(matrix.head.kind)) return null;
  const found = strongest(cells, TOLD);
  return (
    <div class="cew-matrix-told">
      <h4>Strongest confusions</h4>
      {found.length === 0 && <p class="cew-muted">None {matrix.head.kind === "count" ? "at this threshold" : ""}.</p>}
      <ol aria-label="Strongest confusions">
        {found.map((one) => (
          <li key={`${one.row},${one.column}`}>
            <button type="button" class="cew-matrix-pair" onClick={() => onChoose(one.row, one.column)}>
              {confusionSentence(data, cells, one)}
            </button>
            {one.shared > 0 && (
              <>
                {"; "}
                <button type="button" class="cew-matrix-pair" onClick={() => onChoose(one.row, one.column, true)}>
                  {bothSentence(one.shared)}
                </button>
              </>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The matrix with what is chosen of it, the cell looked at in words, and the strongest confusions. */
function Matrix({ section }: PanelProps<"matrix">) {
  const workbench = useWorkbench();
  const kind = kindOf(workbench);
  const drawn = useDrawn({ section });
  const leads = useComputed(() => !ofPlatform(kind.value));
  const looked = useSignal<readonly [number, number] | null>(null);
  // Of what the threshold does not move: else the whole grid would be rendered anew at every step of the slider.
  const sent = useComputed(() => drawn.value?.matrix ?? null);
  const size = useComputed(() => drawn.value?.cells.size ?? 0);
  const order = useComputed(() => {
    const shown = sent.value?.arrays.order;
    return givenOf(workbench).value || !shown ? Array.from({ length: size.value }, (_, k) => k) : Array.from(shown);
  });
  const fresh = useComputed(() => drawn.value?.fresh ?? false);
  const source = useComputed(() => drawn.value?.matrix.head.source ?? "");
  const left = useComputed(() => (drawn.value ? leastSentence(drawn.value.cells) : ""));
  const sentence = useComputed(() => {
    const [shown, cell] = [drawn.value, looked.value];
    if (shown === null || cell === null) return leads.value ? `${POINT}; click it for its inputs.` : `${POINT}.`;
    return cellSentence(shown.data, shown.cells, kind.value, cell[0], cell[1], workbench.thresholdOf(cell[1]));
  });
  const choose: Choose = (row, column, both) => {
    const data = workbench.evaluation.value;
    const selected = data && behindCell(data, kind.value, [row, column], both);
    if (selected) workbench.select(selected);
  };
  const shares = sharesOf(workbench).value;
  const Drawing = size.value <= FOLLOWED ? Grid : Heat;
  return (
    <div class="cew-matrix" aria-busy={!fresh.value} data-fresh={fresh.value} data-leads={leads}>
      <Choices />
      <p class="cew-matrix-looked" title={sentence}>
        {sentence}
      </p>
      {size.value === 0 && <p class="cew-muted">Loading the matrix…</p>}
      {size.value > 0 && (
        <div class="cew-matrix-body">
          <div class="cew-matrix-scroll">
            <Drawing
              drawn={drawn}
              order={order.value}
              shares={shares}
              onLook={(cell) => {
                looked.value = cell;
              }}
              onChoose={choose}
            />
          </div>
          <Told drawn={drawn} onChoose={choose} />
        </div>
      )}
      {source.value && (
        <p class="cew-muted cew-small">
          {howSentence(kind.value, shares, source.value, size.value > FOLLOWED)}
          {left}
        </p>
      )}
    </div>
  );
}

/** Milliseconds for which the threshold must rest until the list is made anew: a list that moves is not read. */
const TOLD_AFTER = 90;

/** What is confused most, in words; rendered anew alone, and not while the threshold moves. */
function Told({ drawn, onChoose }: { drawn: ReturnType<typeof useDrawn>; onChoose: Choose }) {
  const rested = useSignal(drawn.peek());
  useSignalEffect(() => {
    const now = drawn.value;
    const clock = setTimeout(
      () => {
        rested.value = now;
      },
      rested.peek() ? TOLD_AFTER : 0,
    );
    return () => clearTimeout(clock);
  });
  return rested.value && <Strongest drawn={rested.value} onChoose={onChoose} />;
}

export default asks({
  id: "matrix",
  View: Matrix,
  unavailable,
  params: matrixParams,
  look: (workbench) => ({ shares: sharesOf(workbench).value, confused: !givenOf(workbench).value }),
});
