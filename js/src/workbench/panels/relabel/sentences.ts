/** Proposed labels in words. Pure. */
import { plural, rate } from "../../../parts/format.ts";
import type { PanelPayloads, State } from "../../../wire/contract.generated.ts";

/** What Python sent. */
type Head = PanelPayloads["relabel"]["head"];

/** What the marks change. */
export function relabelSentence(marks: number, head: Head | null): string {
  if (marks === 0) return "Press “mislabelled?” beside an input of the list Inputs to propose another label for it.";
  if (head === null) return `${plural(marks, "input")} marked.`;
  const { changed, unchanged, elsewhere, before, after } = head;
  const other = elsewhere ? ` ${plural(elsewhere, "mark")} of inputs that this evaluation lacks.` : "";
  const same = unchanged ? ` ${plural(unchanged, "mark")} of inputs that have these labels already.` : "";
  return `${plural(changed, "input")} with other labels: macro ROC AUC ${rate(before)} as labelled, ${rate(after)} as proposed.${same}${other}`;
}

/** What one annotation would say, with the names of concepts: "input-7: is Spanish; is not English". */
export function changeSentence(
  { input_id, added, removed }: Head["changes"][number],
  names: ReadonlyMap<string, string>,
): string {
  const said = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? id).join(", ");
  const parts = [added.length ? `is ${said(added)}` : "", removed.length ? `is not ${said(removed)}` : ""];
  return `${input_id}: ${parts.filter(Boolean).join("; ")}`;
}

/** What is to be told beside a run of writing: what came of its own labels, and that something is being written. */
export function writtenOf(written: State["written"], run: string): State["written"] {
  return written && (written.busy || written.run === run) ? written : null;
}

/** What came of writing. */
export function writtenSentence({ busy, inputs, refused }: NonNullable<State["written"]>): string {
  if (busy) return "Writing…";
  if (inputs.length + refused.length === 0) return "Nothing was written.";
  const not = refused.length ? `, ${plural(refused.length, "input")} failed` : "";
  const next = inputs.length ? " A new version of the dataset has them; evaluate on that to see them count." : "";
  return `Labels of ${plural(inputs.length, "input")} written${not}.${next}`;
}
