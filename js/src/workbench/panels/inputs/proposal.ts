/** Which labels are proposed for an input that is said to be mislabelled. Pure. */
import type { Evaluation } from "../../evaluation.ts";
import type { Inputs, Item } from "./items.ts";
import { nameOf } from "./sentences.ts";

/** Whether no input has two labels, as far as their number tells. */
function isSingleLabel({ concepts, inputs }: Evaluation): boolean {
  return concepts.reduce((sum, { num_pos }) => sum + num_pos, 0) <= inputs;
}

/**
 * The labels proposed at first, by concept id: the strongest concept that is no label is added. The label in doubt goes: the
 * one the list is about, or where each input has one label, that one; all others stay.
 */
export function proposal(item: Item, { concept }: Inputs["head"], data: Evaluation): string[] {
  const ids = item.labels.map((k) => data.concepts[k]?.id ?? "");
  const strongest = item.bars.find(({ own }) => !own);
  const doubted = isSingleLabel(data) ? ids : ids.filter((id) => id === concept);
  const kept = ids.filter((id) => !doubted.includes(id));
  return [...kept, ...(strongest ? [data.concepts[strongest.concept]?.id ?? ""] : [])];
}

/** Names of concepts by id. */
export function namesOf(ids: readonly string[], data: Evaluation): string {
  return ids.map((id) => nameOf(data, id)).join(", ") || "no label";
}
