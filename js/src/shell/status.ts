/** The one status of a widget, for its live region. Pure. */
import { type ByControl, type Pending, waitText } from "../parts/actions.ts";
import type { RunRow } from "../wire/contract.generated.ts";
import type { Evaluation } from "../workbench/evaluation.ts";
import { runSentence } from "../workbench/sentences.ts";

/** Trouble of the whole widget first, then a wait, then what the run on screen does. */
export function statusSentence(
  pending: ByControl<Pending>,
  run: RunRow | null,
  data: Evaluation | null,
  trouble = "",
): string {
  if (trouble) return `${trouble}.`;
  const wait = Object.values(pending).map(waitText).find(Boolean);
  return wait ? `${wait}.`.replace("..", ".") : runSentence(run, data);
}
