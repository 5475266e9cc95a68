/** What a row of the versions table shows, from traits alone. Pure. */
import type { Choice, DatasetRow, ModelRow, RunRow, VersionRow } from "../wire/contract.ts";

/** Datasets under one heading of a drop-down. */
export interface DatasetGroup {
  label: string;
  datasets: DatasetRow[];
}

/** What stands in for a row in which nothing was chosen, and for fields that an older widget did not write. */
const NO_CHOICE: Choice = { dataset: "", dataset_version: "", use_kfold: false };

/** Whether a model may be cross-validated; one that is not listed (yet) may. */
const allowsFolds = (model: ModelRow | undefined): boolean => model?.cross_validation !== false;

/** The choice that holds for a version: what was chosen, without cross-validation where the model forbids it. */
export function choiceOf(choices: Record<string, Choice>, version: string, model: ModelRow | undefined): Choice {
  const choice = { ...NO_CHOICE, ...choices[version] };
  return allowsFolds(model) ? choice : { ...choice, use_kfold: false };
}

/** Whether a dataset is what a version was trained on. */
export function isTrainingData(version: VersionRow, dataset: string): boolean {
  return dataset !== "" && dataset === version.training_dataset;
}

/** Choice after picking a dataset, in its latest version: own training data is cross-validated, any other is scored. */
export function chooseDataset(dataset: string, version: VersionRow, model: ModelRow | undefined): Choice {
  return { dataset, dataset_version: "", use_kfold: isTrainingData(version, dataset) && allowsFolds(model) };
}

/**
 * Whether two ids name one version of a dataset; an empty one is the latest.
 *
 * Where the latest is not known, "the latest" may be any version: a run that has just ended then stays in its row.
 */
function isSameDatasetVersion(one: string, other: string, dataset: DatasetRow | undefined): boolean {
  const latest = dataset?.latest_version ?? "";
  const [a, b] = [one || latest, other || latest];
  return a === b || a === "" || b === "";
}

/** The newest run of exactly this version, dataset, dataset version and method; `runs` are newest first. */
export function runOf(
  runs: readonly RunRow[],
  version: string,
  choice: Choice,
  datasets: readonly DatasetRow[],
): RunRow | undefined {
  const dataset = datasets.find(({ key }) => key === choice.dataset);
  return runs.find(
    (run) =>
      run.version === version &&
      run.dataset === choice.dataset &&
      run.use_kfold === choice.use_kfold &&
      isSameDatasetVersion(run.dataset_version, choice.dataset_version, dataset),
  );
}

/** Why this version cannot be calculated now; empty when it can. */
export function blockedReason(version: VersionRow, choice: Choice): string {
  if (!version.trained) return `Not trained${version.status ? `: ${version.status}` : ""}. Train it to evaluate it.`;
  if (choice.dataset === "") return "Choose an evaluation dataset first.";
  return "";
}

/** Caution to show beside a choice; what Python says of its run goes first. Empty when there is none. */
export function warningOf(version: VersionRow, choice: Choice, run: RunRow | undefined): string {
  if (run?.warning) return run.warning;
  if (choice.use_kfold || !isTrainingData(version, choice.dataset)) return "";
  return "This scores the version on the data it was trained on, so it will look better than it is on new data.";
}

/** Datasets under "This app" and under each other app, in the order they come. */
export function groupDatasets(datasets: readonly DatasetRow[]): DatasetGroup[] {
  const groups = new Map<string, DatasetRow[]>();
  const own = "This app";
  for (const dataset of [...datasets.filter((d) => d.own_app), ...datasets.filter((d) => !d.own_app)]) {
    const label = dataset.own_app ? own : `App ${dataset.app_id}`;
    groups.set(label, [...(groups.get(label) ?? []), dataset]);
  }
  return [...groups].map(([label, members]) => ({ label, datasets: members }));
}
