/** Where the numbers of a comparison lead. */
import { behind } from "../../outcomes.ts";
import type { Workbench } from "../../workbench.ts";

/**
 * Shows the inputs that one of two runs gets right alone, about a concept or by the highest score; where neither is on
 * screen, the first is put there.
 */
export function showOnly(
  workbench: Workbench,
  concept: string | null,
  [first, other]: readonly [string, string],
  firstRight: boolean,
): void {
  const here = workbench.evaluation.value?.run;
  if (here !== first && here !== other) workbench.view("compare:view", first);
  const mine = here === other ? other : first;
  const better = (mine === first) === firstRight;
  const given = concept === null ? "highest" : "threshold";
  const against = mine === first ? other : first;
  workbench.select({ concept, outcome: better ? "better" : "worse", labelled: null, given, against });
}

/** Shows what lowers a concept's area in a run, which is put on screen for that. */
export function showArea(workbench: Workbench, concept: string, run: string): void {
  if (workbench.evaluation.value?.run !== run) workbench.view("compare:view", run);
  workbench.setConcept(concept);
  workbench.select(behind(concept, "roc_auc"));
}
