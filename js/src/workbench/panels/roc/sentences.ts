/** The ROC in words. Pure. */
import { plural, rate } from "../../../parts/format.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { conceptName, noMacro, pooledWords } from "../../sentences.ts";
import { shownThreshold } from "../../thresholds.ts";

/** The AUC beside the ROC: which one it is, its spread over folds, or why there is none. */
export function aucSentence(
  data: Evaluation,
  k: number,
): { value: string; which: string; spread: string; short: string } {
  const entry = data.concepts[k] ?? data.macro;
  const macro = k >= data.concepts.length;
  const which = [macro ? "macro" : "", pooledWords(data), data.source === "platform_curves" ? "as reported" : ""];
  const reason = data.concepts[k]?.reason || noMacro(data);
  const folds = entry.fold_roc_auc;
  const spread = folds && folds.folds > 1 ? ` ± ${rate(folds.std)}` : "";
  const apart = macro ? data.macro.concept_roc_auc : null;
  const between = apart ? `; between concepts ± ${rate(apart.std)}` : "";
  return {
    value: entry.roc_auc === null ? `undefined: ${reason}` : rate(entry.roc_auc),
    which: entry.roc_auc === null ? "" : which.filter(Boolean).join(", "),
    short:
      folds && folds.mean !== null && apart
        ? `${plural(folds.folds, "fold")} ${rate(folds.mean)}${spread}, concepts ± ${rate(apart.std)}`
        : "",
    spread:
      folds && folds.mean !== null
        ? `mean of ${plural(folds.folds, "fold")} ${rate(folds.mean)}${spread}${between}`
        : "",
  };
}

/** Description of the ROC in a sentence. */
export function rocSentence(data: Evaluation | null, k: number, point: OperatingPoint | null, t: number): string {
  if (data === null) return "No curve yet.";
  const auc = aucSentence(data, k);
  const which = [auc.which, auc.spread].filter(Boolean).join("; ");
  const here = point ? ` At threshold ${shownThreshold(data, k, t)}: ${rates(point)}.` : "";
  return `ROC of ${conceptName(data, k)}: AUC ${auc.value}${which ? ` (${which})` : ""}.${here}`;
}

/** The operating point in the terms of the axes. */
const rates = (point: OperatingPoint) =>
  `true positive rate ${rate(point.recall)}, false positive rate ${rate(point.fpr)}`;
