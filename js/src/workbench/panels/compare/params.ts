/** Whose data the comparison asks for, and with what. Pure but for the signals read. */
import type { Signal } from "@preact/signals";
import type { ComparedRow, PanelPayloads } from "../../../wire/contract.generated.ts";
import type { Asked, Subject } from "../../panel.tsx";
import { ASKED_AT } from "../../settled.ts";
import type { Workbench } from "../../workbench.ts";
import { type Order, rows } from "./model.ts";

/** Those compared whose numbers are here, the first being what the others are measured against. */
export const read = (workbench: Workbench): ComparedRow[] =>
  workbench.traits.comparison.value.filter(({ revision }) => revision > 0);

/** What the first two are and on what, in words; the first alone while there is no other. */
export const comparedNames = (workbench: Workbench): string[] =>
  read(workbench)
    .slice(0, 2)
    .flatMap(({ run, title }) => [title, workbench.runs.value.find(({ key }) => key === run)?.dataset_label ?? ""]);

/** Whose data the panel asks for: the first of two or more. */
export function compareSubject(workbench: Workbench): Subject | null {
  const [first, second] = read(workbench);
  return first && second ? { run: first.run, revision: first.revision } : null;
}

/** With what it asks, at a threshold at rest; over all concepts none matters. */
export function compareParams(workbench: Workbench): PanelPayloads["compare"]["params"] {
  const [, ...others] = read(workbench);
  const k = workbench.conceptIndex.value;
  const concept = workbench.evaluation.value?.concepts[k]?.id ?? null;
  return {
    others: others.map(({ run }) => run),
    revisions: others.map(({ revision }) => revision),
    concept,
    threshold:
      concept === null || workbench.baked ? ASKED_AT : (workbench.settled.value[k] ?? workbench.threshold.value),
  };
}

/** Which of the others the table is of, from 0. */
export const otherOf = (workbench: Workbench): Signal<number> => workbench.choice("compare.other", 0);

/** In which order its concepts stand. */
export const orderOf = (workbench: Workbench): Signal<Order> => workbench.choice<Order>("compare.order", "drop");

/** Whose differences the table shows, and in which order; nothing while there is none. */
export function compareLook(workbench: Workbench): PanelPayloads["compare"]["look"] {
  const [subject, [, ...others]] = [compareSubject(workbench), read(workbench)];
  const j = Math.min(otherOf(workbench).value, others.length - 1);
  if (subject === null) return {};
  const params = compareParams(workbench);
  const { section } = workbench.demand.supply({ action: "panel", panel: "compare", ...subject, params }).value;
  if (section === null) return {};
  return { against: others[j]?.run ?? "", concepts: rows(section, j, orderOf(workbench).value).map(({ id }) => id) };
}

/** What the panel asks, and the headline with it. */
export const comparing: Asked<"compare"> = { id: "compare", params: compareParams, subject: compareSubject };
