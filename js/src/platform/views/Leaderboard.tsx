/** Every evaluation of the server beside the others: sorted, filtered, ticked to compare, clicked to view. */
import { useMemo, useState } from "preact/hooks";
import { drawn, LINE } from "../../parts/choosing.ts";
import { plural, rate, when } from "../../parts/format.ts";
import { Wait } from "../../parts/Wait.tsx";
import { usePlatform } from "../context.ts";
import { COLUMNS, FIGURES, nextOrder, type Order, ordered, type Standing, standings, stateOf } from "../leaderboard.ts";
import "./leaderboard.css";

/** Pixels of the rows' view. */
const HEIGHT = 12 * LINE;

/** The heads, by which the lines are sorted. */
function Heads({ order, onSort }: { order: Order; onSort: (order: Order) => void }) {
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        <th role="columnheader" scope="col">
          <span class="cew-visually-hidden">Compare</span>
        </th>
        {COLUMNS.map(({ key, text }) => (
          <th
            key={key}
            role="columnheader"
            scope="col"
            class={`cew-col-${key}`}
            aria-sort={order?.by === key ? order.way : undefined}
          >
            <button type="button" title={`Sort by ${text}`} onClick={() => onSort(nextOrder(order, key))}>
              {text}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** One evaluation. Its area is the button that puts it on screen; what failed cannot be. */
function Line({ line, place }: { line: Standing; place: number }) {
  const platform = usePlatform();
  const { workbench } = platform;
  const { run, model, version, dataset, method } = line;
  const control = `run:${run.key}`;
  const state = stateOf(run);
  const name = `${model} ${version} on ${dataset}`;
  const off = control in platform.actions.pending.value || workbench.gone.value;
  const shown = workbench.run.value?.key === run.key;
  const started = when(run.created_at);
  const about = [`${run.app} / ${name}`, method, started && `started ${started.relative}`, run.error?.message];
  return (
    <tr
      role="row"
      aria-rowindex={place + 2}
      aria-current={shown ? "true" : undefined}
      title={about.filter(Boolean).join(" · ")}
    >
      <td role="cell">
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={workbench.compared.value.includes(run.key)}
          disabled={state === "failed" || workbench.gone.value}
          onChange={() => workbench.tick(run.key)}
        />
      </td>
      <th role="rowheader" scope="row">
        {model}
      </th>
      <td role="cell">{version}</td>
      <td role="cell">{dataset}</td>
      <td role="cell">{method}</td>
      {FIGURES.map((figure) => (
        <td key={figure} role="cell" class="cew-number">
          {figure !== "roc_auc" ? (
            rate(run[figure])
          ) : state === "failed" ? (
            <span class="cew-muted">failed</span>
          ) : (
            <button
              type="button"
              class="cew-link"
              aria-label={`View results of ${name}, ${method}`}
              aria-disabled={off}
              onClick={() => !off && platform.view({ control }, run)}
            >
              {state || rate(run.roc_auc)}
            </button>
          )}
          {figure === "roc_auc" && <Wait control={control} />}
        </td>
      ))}
    </tr>
  );
}

/** What the list lacks, in words. */
function missing(shown: number, all: number): string {
  if (all === 0) return "Nothing has been evaluated yet.";
  return shown === 0 ? "No evaluation is like that." : "";
}

/** The leaderboard; only the lines in view are on the page. */
export function Leaderboard({ onClose }: { onClose: () => void }) {
  const { leaderboard, rows, traits, workbench } = usePlatform();
  const [typed, setTyped] = useState("");
  const [order, setOrder] = useState<Order>(null);
  const [scrolled, setScrolled] = useState(0);
  const runs = leaderboard.value;
  const datasets = traits.datasets.value;
  const versions = rows.value;
  const lines = useMemo(() => {
    const labels = new Map(versions.map(({ version }) => [version.key, version.label]));
    return standings(runs, datasets, labels);
  }, [runs, datasets, versions]);
  const shown = useMemo(() => ordered(lines, typed, order), [lines, typed, order]);
  const { from, to } = drawn(Math.min(scrolled, Math.max(0, shown.length * LINE - HEIGHT)), HEIGHT, shown.length);
  const ticked = workbench.compared.value.length;
  return (
    <section class="cew-leaderboard" aria-label="Leaderboard">
      <div class="cew-leaderboard-head">
        <input
          type="search"
          aria-label="Filter evaluations"
          placeholder="Filter by model, version, dataset, method"
          value={typed}
          onKeyDown={(event) => event.key === "Escape" && typed === "" && onClose()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <span class="cew-muted cew-small" role="status">
          {plural(shown.length, "evaluation")}
          {ticked > 0 && ` · ${ticked} compared`}
        </span>
        <Wait control="compare" />
        <button type="button" class="cew-link" onClick={onClose}>
          Close
        </button>
      </div>
      <div class="cew-leaderboard-rows" onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}>
        <table
          role="table"
          aria-label="Leaderboard"
          aria-rowcount={shown.length + 1}
          style={{ marginBottom: `${(shown.length - to) * LINE}px` }}
        >
          <Heads order={order} onSort={setOrder} />
          <tbody role="rowgroup" style={{ "--cew-above": `${from * LINE}px` }}>
            {shown.slice(from, to).map((line, at) => (
              <Line key={line.run.key} line={line} place={from + at} />
            ))}
          </tbody>
        </table>
        <p class="cew-muted">{missing(shown.length, runs.length)}</p>
      </div>
      <p class="cew-muted cew-small">
        The server’s macro figures; F1, precision and recall at threshold 0.5. Those on different data, or by different
        methods, are not a ranking.
      </p>
    </section>
  );
}
