/** What is asked for how far a version falls on other data than its own. Pure but for the signals read. */
import type { RunRow } from "../../../wire/contract.generated.ts";
import type { Question } from "../../demand.ts";
import type { Workbench } from "../../workbench.ts";
import { ASKED_AT } from "./params.ts";

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
