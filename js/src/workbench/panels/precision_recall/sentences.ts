/** The precision–recall curve in words. Pure. */
import { plural, rate } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { conceptName, pooledWords } from "../../sentences.ts";
import { shownThreshold } from "../../thresholds.ts";
import { type PrecisionRecall, prevalence } from "./steps.ts";

/** The average precision beside the curve: which one it is, or why there is none. */
export function areaSentence(data: Evaluation, { head }: PrecisionRecall, k: number): { value: string; which: string } {
  const macro = k >= data.concepts.length;
  const value = macro ? head.macro : (head.average_precision[k] ?? null);
  if (value === null) return { value: `undefined: ${undefinedReason(head, k, macro)}`, which: "" };
  const left = head.averaged < data.concepts.length ? ` of ${plural(head.averaged, "concept")}` : "";
  const mean = macro ? `macro${left}` : "";
  const which = [mean, pooledWords(data), data.source === "platform_curves" ? "as reported" : ""];
  return { value: rate(value), which: which.filter(Boolean).join(", ") };
}

/** Why there is no average precision. */
function undefinedReason(head: PrecisionRecall["head"], k: number, macro: boolean): string {
  return (macro ? "no concept has one" : head.reasons[k]) || "not known";
}

/** Words over an empty square: why no curve is drawn; empty when one is. */
export function noCurve(data: Evaluation, { head }: PrecisionRecall, k: number, path: string): string {
  if (path !== "") return "";
  if (k >= data.concepts.length) return `No macro curve: ${head.macro_reason || "no concept has a curve"}.`;
  return `No precision–recall curve: ${head.reasons[k] || "the server sent none"}.`;
}

/** Description of the curve in a sentence or two. */
export function precisionRecallSentence(
  data: Evaluation | null,
  section: PrecisionRecall | null,
  k: number,
  point: OperatingPoint | null,
  t: number,
): string {
  if (data === null || section === null) return "No curve yet.";
  const { value, which } = areaSentence(data, section, k);
  const share = prevalence(data, k);
  const guess = share === null ? "" : ` Guessing has precision ${rate(share)}.`;
  const macro = k >= data.concepts.length ? " (means of the concepts’ rates)" : "";
  const here = point
    ? ` At threshold ${shownThreshold(data, k, t)}: precision ${rate(point.precision)}, recall ${rate(point.recall)}${macro}.`
    : "";
  const area = `average precision ${value}${which ? ` (${which})` : ""}`;
  return `Precision–recall of ${conceptName(data, k)}: ${area}.${guess}${here}`;
}
