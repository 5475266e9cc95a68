/** The runs of a server beside each other: what is shown of them, sorted and filtered. Pure. */
import { UNDEFINED } from "../parts/format.ts";
import type { DatasetRow, RunRow } from "../wire/contract.ts";
import { isRunning } from "../workbench/run.ts";
import { runDataset } from "./datasets.ts";

/** A line of the leaderboard. */
export interface Standing {
  readonly run: RunRow;
  readonly model: string;
  readonly version: string;
  readonly dataset: string;
  readonly method: string;
}

/** The columns, by what they sort by. */
export const COLUMNS = [
  { key: "model", text: "Model" },
  { key: "version", text: "Version" },
  { key: "dataset", text: "Dataset" },
  { key: "method", text: "Method" },
  { key: "roc_auc", text: "ROC AUC" },
  { key: "f1", text: "F1" },
  { key: "precision", text: "Precision" },
  { key: "recall", text: "Recall" },
] as const;

/** What a column sorts by. */
export type ColumnKey = (typeof COLUMNS)[number]["key"];

/** The columns of figures. */
export const FIGURES = ["roc_auc", "f1", "precision", "recall"] as const;

/** By what the lines are sorted; null as they come: the newest first. */
export type Order = { readonly by: ColumnKey; readonly way: "ascending" | "descending" } | null;

const METHODS = { "cross-validation": "Cross-validated", score: "Scored", "": UNDEFINED } as const;

/** The lines of runs, in their order; of those that have no figures only the ones that go on. */
export function standings(
  runs: readonly RunRow[],
  datasets: readonly DatasetRow[],
  labels: ReadonlyMap<string, string>,
): Standing[] {
  const byKey = new Map(datasets.map((dataset) => [dataset.key, dataset]));
  return runs.map((run) => ({
    run,
    model: run.model,
    version: labels.get(run.version_key) || run.version_label,
    dataset: runDataset(run, byKey.get(run.dataset_key)),
    method: METHODS[run.method],
  }));
}

/** What a line sorts by: figures that are not there come last, whichever the way. */
function sortedBy(line: Standing, by: ColumnKey): string | number | null {
  if (by === "model" || by === "version" || by === "dataset" || by === "method") return line[by];
  return line.run[by];
}

/** The lines that contain every word typed, sorted. */
export function ordered(lines: readonly Standing[], typed: string, order: Order): readonly Standing[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = lines.filter(({ run, model, version, dataset, method }) => {
    const all = `${run.app} ${model} ${version} ${dataset} ${method}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  if (order === null) return kept;
  const sign = order.way === "ascending" ? 1 : -1;
  return kept.sort((a, b) => {
    const [x, y] = [sortedBy(a, order.by), sortedBy(b, order.by)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === "number" ? x - Number(y) : x.localeCompare(String(y), undefined, { numeric: true }));
  });
}

/** The order after a click on a column's head: figures from the best, names from A; then the other way; then as they come. */
export function nextOrder(order: Order, by: ColumnKey): Order {
  const first = (FIGURES as readonly string[]).includes(by) ? "descending" : "ascending";
  if (order?.by !== by) return { by, way: first };
  return order.way === first ? { by, way: first === "ascending" ? "descending" : "ascending" } : null;
}

/** What stands in place of figures; empty where they are. */
export function stateOf(run: RunRow): string {
  if (run.cancelled === "ended") return "cancelled";
  if (run.status === "failed") return "failed";
  return isRunning(run) ? "running" : "";
}
