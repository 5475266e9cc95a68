/** Whose data the comparison asks for, and with what. Pure but for the signals read. */
import type { ComparedRow, PanelPayloads, RunRow } from "../../../wire/contract.generated.ts";
import type { Subject } from "../../panel.tsx";
import type { Workbench } from "../../workbench.ts";

/** Those compared whose numbers are here, the first being what the others are measured against. */
export const read = (workbench: Workbench): ComparedRow[] =>
  workbench.traits.comparison.value.filter(({ revision }) => revision > 0);

/** The place of the evaluation on screen among those; -1 where it is none of them. */
export function placeOnScreen(workbench: Workbench): number {
  const on = workbench.evaluation.value?.run;
  return read(workbench).findIndex(({ run }) => run === on);
}

/** Whether what is on screen is one of two or more compared. */
export const isCompared = (workbench: Workbench): boolean =>
  read(workbench).length > 1 && placeOnScreen(workbench) >= 0;

/** What the first two are and on what, in words; the first alone while there is no other. */
export const comparedNames = (workbench: Workbench): string[] =>
  read(workbench)
    .slice(0, 2)
    .flatMap(({ run, title }) => [title, workbench.runs.value.find(({ key }) => key === run)?.dataset_label ?? ""]);

/** The cross-validation of the version on screen, which is on another dataset than the one it is scored on; null for none. */
export function homeRun({ evaluation, run, runs }: Workbench): RunRow | null {
  const here = run.value;
  if (!evaluation.value?.complete || here === null || here.use_kfold || here.roc_auc === null) return null;
  const isHome = (one: RunRow) =>
    one.version_key === here.version_key &&
    one.dataset_key !== here.dataset_key &&
    one.method === "cross-validation" &&
    one.status === "evaluated" &&
    one.roc_auc !== null &&
    !one.cancelled;
  return runs.value.find(isHome) ?? null;
}

/** Whose data the panel asks for: the first of two or more. */
export function compareSubject(workbench: Workbench): Subject | null {
  const [first, second] = read(workbench);
  return first && second ? { run: first.run, revision: first.revision } : null;
}

/** The threshold where none matters, and in a file, which holds the answers at this one. */
export const ASKED_AT = 0.5;

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
