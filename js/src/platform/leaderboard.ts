/** The runs of a server beside each other: sorted and filtered. Pure. */
import { rate } from "../parts/format.ts";
import type { RunRow } from "../wire/contract.generated.ts";

/** The columns, by the field they show and sort by. */
export const COLUMNS = [
  { key: "model", text: "Model", figure: false },
  { key: "version_label", text: "Version", figure: false },
  { key: "dataset_name", text: "Dataset", figure: false },
  { key: "dataset_version", text: "Dataset version", figure: false },
  { key: "method_label", text: "Method", figure: false },
  { key: "roc_auc", text: "ROC AUC", figure: true },
  { key: "f1", text: "F1", figure: true },
  { key: "precision", text: "Precision", figure: true },
  { key: "recall", text: "Recall", figure: true },
] as const;

/** What a column shows and sorts by. */
export type ColumnKey = (typeof COLUMNS)[number]["key"];

/** An id of the platform's as its pages shorten it. */
export const shortId = (id: string): string => (id.length > 20 ? id.slice(0, 8) : id);

/** The app that a run's dataset is of; empty where that is not known. */
const datasetApp = ({ dataset_key }: RunRow): string => dataset_key.split("/").at(-2) ?? "";

/** Tells the app beside a name that models, or datasets, of several apps have: their rows would look alike. */
export function appsOf(runs: readonly RunRow[]): (run: RunRow) => { model: string; dataset_name: string } {
  const named = new Map<string, Set<string>>();
  const found = (kind: string, name: string, app: string) => {
    const apps = named.get(`${kind} ${name}`) ?? new Set();
    named.set(`${kind} ${name}`, app ? apps.add(app) : apps);
    return () => (apps.size > 1 ? app : "");
  };
  const told = new Map(
    runs.map((run) => [
      run.key,
      [found("model", run.model, run.app), found("dataset", run.dataset_name, datasetApp(run))] as const,
    ]),
  );
  return ({ key }) => {
    const [model, dataset] = told.get(key) ?? [];
    return { model: model?.() ?? "", dataset_name: dataset?.() ?? "" };
  };
}

/** How an evaluation stands, in a word: its area once there is one. */
export function standing({ cancelled, status, roc_auc }: RunRow): string {
  if (cancelled === "ended") return "cancelled";
  return cancelled || (status === "evaluated" ? rate(roc_auc) : status);
}

/** By what the runs are sorted; null as they come: the newest first. */
export type Order = { readonly by: ColumnKey; readonly way: "ascending" | "descending" } | null;

/** The runs that contain every word typed, sorted; those without the figure sorted by come last, whichever the way. */
export function ordered(runs: readonly RunRow[], typed: string, order: Order): readonly RunRow[] {
  const words = typed.toLowerCase().split(/\s+/);
  const kept = runs.filter((run) => {
    const all = [run.app, run.model, run.version_label, run.dataset_label, run.dataset_version, run.method_label]
      .join(" ")
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
  if (order === null) return kept;
  const sign = order.way === "ascending" ? 1 : -1;
  return kept.sort((a, b) => {
    const [x, y] = [a[order.by], b[order.by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === "number" ? x - Number(y) : x.localeCompare(String(y), undefined, { numeric: true }));
  });
}

/** The order after a click on a column's head: figures from the best, names from A; the next click turns it. */
export function nextOrder(order: Order, by: ColumnKey, isFigure: boolean): Order {
  const down = order?.by === by ? order.way === "ascending" : isFigure;
  return { by, way: down ? "descending" : "ascending" };
}
