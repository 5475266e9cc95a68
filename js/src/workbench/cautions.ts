/** What there is to be careful about in the numbers of one concept, and the way to what it means. */
import type { Caution } from "../wire/contract.generated.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Workbench } from "./workbench.ts";

/** Those of all concepts and those of concept `k`, or with their number those of all alone. */
export const cautionsOf = ({ cautions }: Evaluation, k: number): Caution[] =>
  cautions.filter(({ concepts }) => concepts === null || concepts.includes(k));

/** Those of concept `k` that are not of all. */
export const ownCautions = ({ cautions }: Evaluation, k: number): Caution[] =>
  cautions.filter(({ concepts }) => concepts?.includes(k));

/** Opens what a caution means and what to do about it; marked is the one of this title. */
export function leadToCaution(workbench: Workbench, title: string): void {
  workbench.choice("conditions.led", "").value = title;
  workbench.lead("conditions");
}
