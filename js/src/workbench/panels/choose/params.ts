/** What a threshold is chosen by, and for which concepts. Pure but for the signals read. */
import type { Signal } from "@preact/signals";
import type { ChooseParams } from "../../../wire/contract.generated.ts";
import type { Workbench } from "../../workbench.ts";

/** The numbers that can be typed. */
export type Fields = Omit<ChooseParams, "concept">;

/** The numbers at first. */
export const FIRST: Fields = {
  recall: 0.9,
  precision: 0.9,
  fpr: 0.05,
  beta: 2,
  fp_cost: 1,
  fn_cost: 5,
  guarantee: 0.95,
  prevalence: null,
};

/** For which concepts a threshold is chosen. */
export type Scope = "one" | "all";

/** The numbers typed. */
export const fieldsOf = (workbench: Workbench): Signal<Fields> => workbench.choice("choose.fields", FIRST);
/** For which concepts. */
export const scopeOf = (workbench: Workbench): Signal<Scope> => workbench.choice<Scope>("choose.scope", "one");

/** The concept that a threshold is chosen for; null for all of them, as where the macro average is on screen. */
export function chosenConcept(workbench: Workbench): string | null {
  const concept = workbench.evaluation.value?.concepts[workbench.conceptIndex.value];
  return scopeOf(workbench).value === "all" ? null : (concept?.id ?? null);
}

/** With what Python is asked. */
export const chooseParams = (workbench: Workbench): ChooseParams => ({
  ...fieldsOf(workbench).value,
  concept: chosenConcept(workbench),
});
