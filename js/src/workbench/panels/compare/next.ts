/** What would let two runs be tested that no test can compare: their versions evaluated alike. */
import type { Actions } from "../../../parts/actions.ts";
import type { DatasetRow, RunRow, VersionRow } from "../../../wire/contract.generated.ts";

/** Both versions on one dataset, by one method. */
export interface Step {
  readonly dataset_key: string;
  readonly use_kfold: boolean;
  readonly label: string;
}

/** What is known of two runs, and of what they might be evaluated on. */
export interface Known {
  readonly runs: readonly RunRow[];
  readonly datasets: readonly DatasetRow[];
  readonly versions: readonly VersionRow[];
}

/**
 * How the versions of two runs can be evaluated so that they can be tested, the likeliest first; or why they cannot.
 *
 * Scores of versions are asked for on data that neither was trained on. Cross-validations judge recipes: of one model on
 * one and the same dataset they are alike, so that they are offered of two models only.
 */
export function nextSteps(first: string, other: string, { runs, datasets, versions }: Known): Step[] | string {
  const found = [first, other].map((key) => runs.find((run) => run.key === key));
  const [a, b] = found;
  if (!a || !b)
    return "In Python: evaluate both on the same inputs, with equal input_ids= and, where there are folds, equal folds=.";
  if (a.version_key === b.version_key)
    return "Both are of one version: on other data it is no other model, so there is nothing to test.";
  const trained = [a, b].map((run) => versions.find(({ key }) => key === run.version_key)?.training_data?.dataset_key);
  const used = ({ key }: DatasetRow) => (key === a.dataset_key || key === b.dataset_key ? 0 : 1);
  const free = datasets.filter(({ key }) => !trained.includes(key)).sort((x, y) => used(x) - used(y));
  const recipes = a.use_kfold && b.use_kfold && a.model !== b.model ? datasets.filter((one) => used(one) === 0) : [];
  const steps = [
    ...recipes.map(({ key, name }) => ({ dataset_key: key, use_kfold: true, label: `cross-validate both on ${name}` })),
    ...free.map(({ key, name }) => ({ dataset_key: key, use_kfold: false, label: `score both on ${name}` })),
  ];
  return steps.length > 0 ? steps : "No dataset is listed here that neither version was trained on.";
}

/** Has the versions of two runs evaluated so, and those runs compared instead. */
export function take(actions: Actions, runs: readonly string[], { dataset_key, use_kfold }: Step): void {
  actions.start("match", { action: "match", runs: [...runs], dataset_key, use_kfold });
}
