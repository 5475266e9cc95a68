/** What can be compared, and what stands ticked of it. Pure but for the signals read. */
import type { Workbench } from "../../workbench.ts";
import { type Candidate, candidates } from "./model.ts";

/** What can be compared, what is on screen among it; in a file what was compared: what it shows has another key. */
export function offered({ traits, runs, evaluation, baked }: Workbench): Candidate[] {
  if (baked) return candidates(traits.comparison.value, []);
  const [data, narrowed] = [evaluation.value, traits.narrowed.value];
  const about = `${data?.kind_label}${narrowed && `, only ${narrowed}`}`;
  return candidates(traits.comparison.value, runs.value, data && { ...data, kind_label: about });
}

/** What stands ticked: what is compared; where nothing is, the evaluation on screen, unless that was unticked. */
export function ticked(workbench: Workbench): readonly string[] {
  const compared = workbench.compared.value;
  const run = workbench.evaluation.value?.run;
  if (compared.length > 0 || run === undefined || unticked(workbench).value === run) return compared;
  return [run];
}

/** The evaluation that was on screen when it was unticked. */
const unticked = (workbench: Workbench) => workbench.choice<string>("compare.unticked", "");

/** Takes an evaluation into what is compared, or out of it. */
export function tick(workbench: Workbench, key: string): void {
  const all = ticked(workbench);
  const out = all.includes(key);
  if (key === workbench.evaluation.value?.run) unticked(workbench).value = out ? key : "";
  if (workbench.compared.value.length > 0 || !out) workbench.tick(key, all);
}
