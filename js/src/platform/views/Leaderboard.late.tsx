/** Every evaluation of the server beside the others: sorted, filtered, ticked to compare, clicked to view. */
import { useMemo, useState } from "preact/hooks";
import { plural, rate } from "../../parts/format.ts";
import { Wait } from "../../parts/Wait.tsx";
import type { RunRow } from "../../wire/contract.generated.ts";
import { whichOf } from "../../workbench/run.ts";
import { usePlatform } from "../context.ts";
import { appsOf, COLUMNS, nextOrder, type Order, ordered, shortId, standing } from "../leaderboard.ts";
import { ReadOn } from "./ReadOn.tsx";
import "./leaderboard.css";

/** Lines put on the page at first, and more whenever the last come into view. */
const LINES = 40;

interface LeaderboardProps {
  /** Called when it is to be left: to close it, or to look at the evaluation that was picked. */
  onClose: () => void;
}

/** What stands where the area does: the button that puts the evaluation on screen. What failed cannot be looked at. */
function View({ run, name, onClose }: LeaderboardProps & { run: RunRow; name: string }) {
  const platform = usePlatform();
  const control = `board:${run.key}`;
  const off = control in platform.actions.pending.value || platform.workbench.gone.value;
  const view = () => {
    if (off) return;
    platform.view({ control }, run.key);
    onClose();
  };
  return (
    <button
      type="button"
      class="cew-link"
      aria-label={`View results of ${name}: ${standing(run)}`}
      aria-disabled={off}
      onClick={view}
    >
      {standing(run)} <Wait control={control} />
    </button>
  );
}

interface LineProps {
  run: RunRow;
  /** Which of several alike it is. */
  which: string;
  /** The apps of its model and dataset, where their names do not tell these apart. */
  apps: ReturnType<ReturnType<typeof appsOf>>;
}

/** A name with its app, in words. */
const inApp = (name: string, app: string): string => (app ? `${name} (app ${app})` : name);

/** One evaluation. */
function Line({ run, which, apps, onClose }: LeaderboardProps & LineProps) {
  const { workbench } = usePlatform();
  const failed = run.status === "failed" && run.cancelled === "";
  const method = [run.method_label, which].filter(Boolean).join(", ");
  const dataset = inApp(run.dataset_label, apps.dataset_name);
  const name = `${inApp(run.model, apps.model)} ${run.version_label} on ${dataset}, ${method}`;
  const cell = (key: (typeof COLUMNS)[number]["key"]) => {
    const value = run[key];
    if (key === "method_label") return method;
    if (key === "dataset_version") return shortId(run.dataset_version) || "–";
    if (key === "roc_auc") return failed ? "failed" : <View {...{ run, name, onClose }} />;
    if (typeof value !== "string") return rate(value);
    const app = key === "model" || key === "dataset_name" ? apps[key] : "";
    return app ? [value, <small key={key}>app {app}</small>] : value;
  };
  return (
    <tr
      role="row"
      aria-current={workbench.run.value?.key === run.key ? "true" : undefined}
      title={run.error?.message ?? `${run.app} / ${name}`}
    >
      <td role="cell">
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={workbench.compared.value.includes(run.key)}
          disabled={failed || workbench.gone.value}
          onChange={() => workbench.tick(run.key)}
        />
      </td>
      {COLUMNS.map(({ key, text, figure }) => (
        <td key={key} role="cell" data-head={text} class={figure ? "cew-number" : `cew-leaderboard-${key}`}>
          {cell(key)}
        </td>
      ))}
    </tr>
  );
}

/** The heads: a click sorts, another turns the order. */
function Heads({ order, setOrder }: { order: Order; setOrder: (order: Order) => void }) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">
          <span class="cew-visually-hidden">Compare</span>
        </th>
        {COLUMNS.map(({ key, text, figure }) => (
          <th
            key={key}
            role="columnheader"
            scope="col"
            class={figure ? "cew-number" : `cew-leaderboard-${key}`}
            aria-sort={order?.by === key ? order.way : undefined}
          >
            <button type="button" class="cew-link" onClick={() => setOrder(nextOrder(order, key, figure))}>
              {text}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The leaderboard; only the lines that have come into view are on the page. */
export default function Leaderboard({ onClose }: LeaderboardProps) {
  const { leaderboard, workbench, actions } = usePlatform();
  const [typed, setTyped] = useState("");
  const [order, setOrder] = useState<Order>(null);
  const [lines, setLines] = useState(LINES);
  const runs = leaderboard.value;
  const shown = useMemo(() => ordered(runs, typed, order), [runs, typed, order]);
  const which = useMemo(() => whichOf(runs), [runs]);
  const apps = useMemo(() => appsOf(runs), [runs]);
  const failure = actions.errors.value.compare;
  const more = ({ currentTarget: box }: { currentTarget: HTMLElement }) => {
    if (lines < shown.length && box.scrollTop + 2 * box.clientHeight > box.scrollHeight) setLines(lines + LINES);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <section class="cew-leaderboard" aria-label="Leaderboard" onKeyDown={leave}>
      <div class="cew-leaderboard-head">
        <input
          type="search"
          class="cew-input"
          aria-label="Filter evaluations"
          placeholder="Filter"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <span role="status">
          {plural(shown.length, "evaluation")} · {workbench.compared.value.length} compared {failure?.message}
        </span>
        <ReadOn list="evaluations" text="Read older ones" />
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it. */}
      <div class="cew-leaderboard-rows" tabIndex={0} onScroll={more}>
        {/* Roles are spelt out because a table laid out as a grid loses its own in some browsers. */}
        <table role="table" aria-label="Leaderboard">
          <Heads order={order} setOrder={setOrder} />
          <tbody role="rowgroup">
            {shown.slice(0, lines).map((run) => (
              <Line key={run.key} run={run} which={which(run.key)} apps={apps(run)} onClose={onClose} />
            ))}
          </tbody>
        </table>
        {typed && shown.length === 0 && <p class="cew-muted">Nothing matches “{typed}”.</p>}
      </div>
      <p class="cew-muted cew-small">
        The server’s macro averages over concepts; F1, precision and recall at threshold 0.5, which the slider does not
        move.
      </p>
    </section>
  );
}
