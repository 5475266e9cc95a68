/** Whose data the comparison asks for, and with what. Pure but for the signals read. */
import type { ComparedRow, PanelPayloads } from "../../../wire/contract.generated.ts";
import type { Asked, Subject } from "../../panel.tsx";
import type { Workbench } from "../../workbench.ts";

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

/** What the panel asks, and the headline with it. */
export const comparing: Asked<"compare"> = { id: "compare", params: compareParams, subject: compareSubject };
