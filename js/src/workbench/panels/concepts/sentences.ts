/** The table's words. Pure. */
import { rate } from "../../../parts/format.ts";
import type { ConceptFigures } from "../../../wire/contract.generated.ts";
import type { Evaluation } from "../../evaluation.ts";
import { IN_TABLE, listed, notOfFolds, RATES, type RateName } from "../../rates.ts";
import { type Area, areaOf } from "./rows.ts";

/** An area with its interval, or why there is none. */
export function aucTitle(
  area: Area & Pick<Partial<ConceptFigures>, "reason" | "interval_method" | "interval_reason">,
): string {
  if (area.roc_auc === null) return `Undefined: ${area.reason}`;
  const how = area.interval_method ? ` (${area.interval_method})` : "";
  const interval =
    area.roc_auc_low === null
      ? "no interval"
      : `95 % interval ${rate(area.roc_auc_low)} to ${rate(area.roc_auc_high)}${how}`;
  const said = [`ROC AUC ${rate(areaOf(area))}, ${interval}`, area.interval_reason].filter(Boolean).join(": ");
  return area.fold_roc_auc ? `${said}; of all folds’ predictions together ${rate(area.roc_auc)}` : said;
}

/** Why a rate has no value. */
export function undefinedRate(name: RateName, data: Evaluation, k: number): string {
  if (data.has_counts) return `Undefined: ${RATES[name].undefined}`;
  if (data.kind !== "cross-validation" || RATES[name].ofMeans) return "Undefined: the platform sent no value here";
  return `The mean of folds ${notOfFolds(data, k)}`;
}

/** One line on how the columns are had. */
export function tableNote({ kind, source, has_counts, folds }: Evaluation): string {
  if (!has_counts && kind === "cross-validation") {
    return "Means of folds, as the platform reports them: precision and recall at hundredths of the threshold, F1 at 0.50.";
  }
  if (!has_counts) return "Areas as the platform reports them; precision and recall at hundredths of the threshold.";
  const pooled = kind === "cross-validation" && source === "test_set" && folds.length > 0;
  const areas = pooled ? "AUC: mean over folds, AP of all their predictions together" : "AUC and AP of all predictions";
  return `${areas}, bars: 95 % intervals; ${listed(IN_TABLE)} at each concept’s threshold.`;
}
