/** Where the numbers of a comparison lead. */
import { behind } from "../../outcomes.ts";
import type { Workbench } from "../../workbench.ts";

/**
 * Leads on once a run is on screen: when that changes, what was clicked before is let go. Where no kernel can put it there,
 * it leads at once, to where that is said.
 */
function onceShown(workbench: Workbench, run: string, lead: () => void): void {
  const shown = workbench.evaluation.value?.run === run || workbench.gone.value || workbench.baked;
  const atOnce =
    shown ||
    workbench.view("compare:view", run, () => {
      if (!atOnce) lead();
    });
  if (atOnce) lead();
}

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
  const mine = workbench.evaluation.value?.run === other ? other : first;
  const better = (mine === first) === firstRight;
  const given = concept === null ? "highest" : "threshold";
  const against = mine === first ? other : first;
  onceShown(workbench, mine, () =>
    workbench.select({ concept, outcome: better ? "better" : "worse", labelled: null, given, against }),
  );
}

/** Shows the inputs that just one of two runs gets right: those that a test of their difference lives on. */
export function showDiffering(workbench: Workbench, concept: string | null, pair: readonly [string, string]): void {
  const mine = workbench.evaluation.value?.run === pair[1] ? pair[1] : pair[0];
  const against = mine === pair[0] ? pair[1] : pair[0];
  const given = concept === null ? "highest" : "threshold";
  onceShown(workbench, mine, () => workbench.select({ concept, outcome: "differ", labelled: null, given, against }));
}

/** Shows what lowers a concept's area in a run, which is put on screen for that. */
export function showArea(workbench: Workbench, concept: string, run: string): void {
  onceShown(workbench, run, () => {
    workbench.setConcept(concept);
    workbench.select(behind(concept, "roc_auc"));
  });
}
