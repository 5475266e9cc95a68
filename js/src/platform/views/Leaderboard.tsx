/** Every evaluation of the server beside the others: sorted, filtered, ticked to compare, clicked to view. */
import { useMemo, useState } from "preact/hooks";
import { plural, rate } from "../../parts/format.ts";
import { Wait } from "../../parts/Wait.tsx";
import type { RunRow } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";
import { COLUMNS, nextOrder, type Order, ordered } from "../leaderboard.ts";
import "./leaderboard.css";

/** Lines put on the page at first, and more whenever the last come into view. */
const LINES = 40;

/** One evaluation. Its area, or how it stands, is the button that puts it on screen; what failed cannot be. */
function Line({ run }: { run: RunRow }) {
  const platform = usePlatform();
  const { workbench, actions } = platform;
  const control = `run:${run.key}`;
  const failed = run.status === "failed" && run.cancelled === "";
  const state = run.cancelled || (run.status === "evaluated" ? rate(run.roc_auc) : run.status);
  const name = `${run.model} ${run.version_label} on ${run.dataset_label}, ${run.method_label}`;
  const off = control in actions.pending.value || workbench.gone.value;
  return (
    <tr
      aria-current={workbench.run.value?.key === run.key ? "true" : undefined}
      title={run.error?.message ?? `${run.app} / ${name}`}
    >
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={workbench.compared.value.includes(run.key)}
          disabled={failed}
          onChange={() => workbench.tick(run.key)}
        />
      </td>
      {COLUMNS.map(({ key }) => {
        const value = run[key];
        if (key !== "roc_auc") return <td key={key}>{typeof value === "string" ? value : rate(value)}</td>;
        return (
          <td key={key}>
            {failed ? (
              state
            ) : (
              <button
                type="button"
                class="cew-link"
                aria-label={`View results of ${name}`}
                aria-disabled={off}
                onClick={() => !off && platform.view({ control }, run)}
              >
                {state}
              </button>
            )}
            <Wait control={control} />
          </td>
        );
      })}
    </tr>
  );
}

/** The leaderboard; only the lines in view are on the page. */
export function Leaderboard({ onClose }: { onClose: () => void }) {
  const { leaderboard, workbench, actions } = usePlatform();
  const [typed, setTyped] = useState("");
  const [order, setOrder] = useState<Order>(null);
  const [lines, setLines] = useState(LINES);
  const runs = leaderboard.value;
  const shown = useMemo(() => ordered(runs, typed, order), [runs, typed, order]);
  const failure = actions.errors.value.compare;
  const more = ({ currentTarget: box }: { currentTarget: HTMLElement }) => {
    if (box.scrollTop + 2 * box.clientHeight > box.scrollHeight) setLines(lines + LINES);
  };
  return (
    <section class="cew-leaderboard cew-float" aria-label="Leaderboard">
      <input
        type="search"
        class="cew-input"
        aria-label="Filter evaluations"
        placeholder="Filter"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />{" "}
      <span role="status">
        {plural(shown.length, "evaluation")} · {workbench.compared.value.length} compared {failure?.message}
      </span>{" "}
      <button type="button" class="cew-link" onClick={onClose}>
        Close
      </button>
      <div class="cew-leaderboard-rows" onScroll={more}>
        <table aria-label="Leaderboard">
          <thead>
            <tr>
              <th aria-label="Compare" />
              {COLUMNS.map(({ key, text }, at) => (
                <th key={key} scope="col" aria-sort={order?.by === key ? order.way : undefined}>
                  <button type="button" class="cew-link" onClick={() => setOrder(nextOrder(order, key, at > 3))}>
                    {text}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, lines).map((run) => (
              <Line key={run.key} run={run} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
