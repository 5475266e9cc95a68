/** Which inputs are asked for. Pure but for the signals read and set. */
import type { Signal } from "@preact/signals";
import type { PanelPayloads } from "../../../wire/contract.generated.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { Selected } from "../../outcomes.ts";
import type { Workbench } from "../../workbench.ts";
import type { Sort } from "./items.ts";

/** What is listed: what was clicked, while the evaluation has those concepts, else the false positives of the chosen one, or of any where none is chosen. */
export function listed(workbench: Workbench): Selected {
  const concepts = workbench.evaluation.value?.concepts ?? [];
  const has = (id: string | null) => id === null || concepts.some((one) => one.id === id);
  const selected = workbench.selected.value;
  if (selected !== null && has(selected.concept) && has(selected.labelled)) return selected;
  const outcome = workbench.choice<Selected["outcome"]>("inputs.outcome", "fp").value;
  const concept = concepts[workbench.conceptIndex.value]?.id ?? null;
  return { concept, outcome, labelled: null, given: "threshold" };
}

/** In which order the inputs stand. */
export const sortOf = (workbench: Workbench): Signal<Sort> => workbench.choice<Sort>("inputs.sort", "margin");

/** The list that a page is of: of another one the first page is shown. */
const listKey = (workbench: Workbench) => JSON.stringify([listed(workbench), sortOf(workbench).value]);
const turned = (workbench: Workbench) => workbench.choice("inputs.page", { of: "", page: 0 });

/** The page that is looked at, from 0. */
export function pageOf(workbench: Workbench): number {
  const { of, page } = turned(workbench).value;
  return of === listKey(workbench) ? page : 0;
}

/** Turns to a page of what is listed now. */
export function turnTo(workbench: Workbench, page: number): void {
  turned(workbench).value = { of: listKey(workbench), page };
}

/** Outcomes that no threshold decides: the slider leaves their list alone. */
const UNDECIDED: readonly Selected["outcome"][] = ["roc_auc", "avg_precision", "chosen"];

/** With what Python is asked, at thresholds at rest. */
export function inputsParams(workbench: Workbench): PanelPayloads["inputs"]["params"] {
  const { concept, outcome, labelled, given, against = null, ...within } = listed(workbench);
  const concepts = workbench.evaluation.value?.concepts ?? [];
  const at = workbench.settled.value;
  const k = concepts.findIndex((one) => one.id === concept);
  const all = concept === null && outcome !== "all";
  const free = given === "highest" || UNDECIDED.includes(outcome) || (k < 0 && !all);
  const threshold = free ? null : (at[Math.max(k, 0)] ?? null);
  const apart =
    all && !free ? concepts.flatMap(({ id }, i) => (at[i] === threshold ? [] : [[id, at[i] as number]])) : [];
  return {
    concept,
    outcome,
    labelled,
    threshold,
    against,
    ...(apart.length > 0 && { own: Object.fromEntries(apart) }),
    ...within,
    sort: sortOf(workbench).value,
    page: pageOf(workbench),
    large: null,
  };
}

/** Why an evaluation has no inputs to list; empty when it has. */
export function unavailable(data: Evaluation): string {
  return data.has_counts ? "" : "The platform sent rates only: there are no inputs to list.";
}
