/** The numbers that criteria are given, and what becomes of an offer that is taken. Pure. */
import type { ThresholdOffer } from "../../../wire/contract.generated.ts";
import type { Section } from "../../../wire/payload.ts";
import type { Evaluation } from "../../evaluation.ts";
import { nearestStop } from "../../metrics.ts";
import type { Fields } from "./params.ts";

/** What Python sent. */
export type Choose = Section<"choose">;

/** What a field is called, and from where to where it may go; only prevalence may be left empty. */
export const FIELDS: readonly { key: keyof Fields; text: string; title: string; most: number }[] = [
  { key: "recall", text: "Recall ≥", title: "The lowest recall allowed, 0 to 1", most: 1 },
  { key: "precision", text: "Precision ≥", title: "The lowest precision allowed, 0 to 1", most: 1 },
  { key: "fpr", text: "FPR ≤", title: "The highest false positive rate allowed, 0 to 1", most: 1 },
  { key: "fp_cost", text: "FP cost", title: "What one false positive costs", most: Number.MAX_VALUE },
  { key: "fn_cost", text: "FN cost", title: "What one false negative costs", most: Number.MAX_VALUE },
  { key: "beta", text: "Beta", title: "How many times as much recall weighs as precision in F-beta", most: 1e6 },
  {
    key: "guarantee",
    text: "Confidence",
    title: "With which confidence a guaranteed bound holds on new inputs",
    most: 1,
  },
  {
    key: "prevalence",
    text: "Prevalence",
    title: "Share of positives where the model will be used, between 0 and 1; empty: as in this test set",
    most: 1,
  },
];

/** What was typed into a field: a number in its range, null for an empty prevalence; undefined when it is neither. */
export function typedField(key: keyof Fields, text: string, most: number): number | null | undefined {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return key === "prevalence" ? null : undefined;
  const value = Number(plain);
  const open = key === "guarantee" || key === "prevalence";
  const fits =
    value >= 0 && value <= most && !(open && (value === 0 || value === 1)) && !(key === "beta" && value === 0);
  return fits ? value : undefined;
}

/** The thresholds of an offer by concept id; those for which none qualifies are left out. */
export function offeredThresholds(data: Evaluation, { head, arrays }: Choose, offer: number): Record<string, number> {
  const ids = head.concept === null ? data.concepts.map(({ id }) => id) : [head.concept];
  const row = arrays.thresholds.subarray(offer * ids.length, (offer + 1) * ids.length);
  return Object.fromEntries(ids.flatMap((id, k) => (Number.isNaN(row[k]) ? [] : [[id, row[k] as number]])));
}

/** What is taken where nobody counts between the stops: each threshold's nearest stop. */
export const atStops = (taken: Readonly<Record<string, number>>, stops: Float64Array): Record<string, number> =>
  Object.fromEntries(Object.entries(taken).map(([id, t]) => [id, stops[nearestStop(stops, t)] ?? t]));

/** What the button of an offer says. */
export function offerName({ name }: ThresholdOffer, fields: Fields): string {
  const bounds = {
    recall: `Recall ≥ ${fields.recall}`,
    precision: `Precision ≥ ${fields.precision}`,
    fpr: `FPR ≤ ${fields.fpr}`,
  };
  const [bound, guaranteed] = name.split("_") as [keyof typeof bounds, string?];
  if (bound in bounds) return guaranteed ? `${bounds[bound]}, guaranteed` : bounds[bound];
  const others: Record<string, string> = {
    f1: "Best F1",
    cost: `Lowest cost ${fields.fp_cost} : ${fields.fn_cost}`,
    fbeta: `Best F-beta, ${fields.beta}`,
    youden_j: "Best Youden’s J",
    mcc: "Best MCC",
    equal_error_rate: "Equal error rate",
  };
  return others[name] ?? name;
}
