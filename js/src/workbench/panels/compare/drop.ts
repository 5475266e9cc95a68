/** What the headline says of the evaluation on screen beside another. Pure but for the signals read. */
import type { RunRow } from "../../../wire/contract.generated.ts";
import type { Question } from "../../demand.ts";
import { ASKED_AT } from "../../settled.ts";
import type { Workbench } from "../../workbench.ts";
import { read } from "./params.ts";

/** The place of the evaluation on screen among those; -1 where it is none of them. */
export function placeOnScreen(workbench: Workbench): number {
  const on = workbench.evaluation.value?.run;
  return read(workbench).findIndex(({ run }) => run === on);
}

/** Whether what is on screen is one of two or more compared. */
export const isCompared = (workbench: Workbench): boolean =>
  read(workbench).length > 1 && placeOnScreen(workbench) >= 0;

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

/** What to ask of the cross-validation at home and the run on screen beside it; Python answers once it has read both. */
export function dropQuestion(workbench: Workbench, home: RunRow): Question<"compare"> {
  const here = workbench.evaluation.value;
  return {
    action: "panel",
    panel: "compare",
    run: home.key,
    revision: 0,
    params: { others: [here?.run ?? ""], revisions: [here?.revision ?? 0], concept: null, threshold: ASKED_AT },
  };
}
