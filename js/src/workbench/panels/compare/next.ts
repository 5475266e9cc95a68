/** What would let two runs be tested that no test can compare: their versions evaluated alike. */
import type { Actions } from "../../../parts/actions.ts";
import type { DatasetRow, Preview, RunRow, VersionRow } from "../../../wire/contract.generated.ts";

/** Both versions on one dataset, by one method. */
export interface Step {
  readonly dataset_key: string;
  readonly use_kfold: boolean;
  /** What the dataset is called. */
  readonly name: string;
  readonly label: string;
}

/** What the key of an evaluation ends with that is another one with the labels proposed; as Python's `RELABELLED`. */
const RELABELLED = "~relabelled";

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
 * one and the same dataset they are alike, so that they are offered of two models only. On what one of them has failed for
 * good, it is not evaluated again.
 */
export function nextSteps(first: string, other: string, { runs, datasets, versions }: Known): Step[] | string {
  const found = [first, other].map((key) => runs.find((run) => run.key === key));
  const [a, b] = found;
  if (other === `${first}${RELABELLED}`) return "";
  if (!a || !b)
    return "In Python: evaluate both on the same inputs, with equal input_ids= and, where there are folds, equal folds=.";
  if (a.version_key === b.version_key)
    return "Both are of the same version, and other data do not make it another model: there is nothing to test.";
  const trained = [a, b].map((run) => versions.find(({ key }) => key === run.version_key)?.training_data?.dataset_key);
  const used = ({ key }: DatasetRow) => (key === a.dataset_key || key === b.dataset_key ? 0 : 1);
  const failed = (key: string, use_kfold: boolean) =>
    runs.some(
      (run) =>
        run.dataset_key === key &&
        run.use_kfold === use_kfold &&
        [a.version_key, b.version_key].includes(run.version_key) &&
        run.status === "failed" &&
        run.cancelled === "" &&
        run.error?.retry === false,
    );
  const free = datasets.filter(({ key }) => !trained.includes(key)).sort((x, y) => used(x) - used(y));
  const recipes = a.use_kfold && b.use_kfold && a.model !== b.model ? datasets.filter((one) => used(one) === 0) : [];
  const called = ({ name, app, own_app }: DatasetRow) => (own_app ? name : `${name} (app ${app})`);
  const step = (one: DatasetRow, use_kfold: boolean): Step => {
    const name = called(one);
    return {
      dataset_key: one.key,
      use_kfold,
      name,
      label: `${use_kfold ? "cross-validate" : "score"} both on ${name}`,
    };
  };
  const every = [...recipes.map((one) => step(one, true)), ...free.map((one) => step(one, false))];
  const steps = every.filter(({ dataset_key, use_kfold }) => !failed(dataset_key, use_kfold));
  return steps.length > 0 ? steps : "No dataset is listed here that neither version was trained on.";
}

/** What was found out about steps: by step and version, why it cannot be, or nothing. */
export type Checks = Readonly<Record<string, string>>;

/** The name of a step's check for one version. */
export const checkOf = ({ dataset_key, use_kfold }: Step, version: string): string =>
  `${dataset_key} ${use_kfold} ${version}`;

/** The version for which a step has not been checked yet. */
export function openCheck(found: Checks, step: Step, versions: readonly string[]): string | undefined {
  return versions.find((version) => !(checkOf(step, version) in found));
}

/** Why a version cannot be evaluated so, by what was looked up: empty when nothing says so, null when that was another. */
export function refusalIn(last: Preview | null, step: Step, version: string): string | null {
  if (last?.version_key !== version || last.dataset_key !== step.dataset_key) return null;
  const other = step.use_kfold ? "score" : "cross-validation";
  return last.remarks.find(({ kind, method }) => kind === "refusal" && method !== other)?.text ?? "";
}

/** The steps that nothing is known against, and of the others in words why they are left out. */
export function unrefused(steps: readonly Step[], found: Checks, versions: readonly string[]) {
  const why = (step: Step) => versions.map((version) => found[checkOf(step, version)]).find(Boolean);
  return {
    fit: steps.filter((step) => !why(step)),
    left: steps.flatMap((step) => (why(step) ? [`${step.name}: ${why(step)}`] : [])),
  };
}

/** Has the versions of two runs evaluated so, and those runs compared instead. */
export function take(actions: Actions, runs: readonly string[], { dataset_key, use_kfold }: Step): void {
  actions.start("match", { action: "match", runs: [...runs], dataset_key, use_kfold });
}
