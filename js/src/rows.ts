/** What a row of the versions table shows, from traits alone. Pure. */
import type { Choice, DatasetEntry, ModelEntry, RunEntry, VersionEntry } from "./protocol.ts";

export interface DatasetGroup {
  label: string;
  datasets: DatasetEntry[];
}

const NO_CHOICE: Choice = { dataset: "", use_kfold: false };

/** The choice that holds for a version: what was chosen, without cross-validation where the model forbids it. */
export function choiceOf(choices: Record<string, Choice>, version: string, model: ModelEntry | undefined): Choice {
  const choice = choices[version] ?? NO_CHOICE;
  return model?.cross_validation === false && choice.use_kfold ? { ...choice, use_kfold: false } : choice;
}

/** Choice after picking a dataset: its own training data is cross-validated, any other is scored. */
export function chooseDataset(dataset: string, version: VersionEntry, model: ModelEntry | undefined): Choice {
  const own = dataset !== "" && dataset === version.training_dataset;
  return { dataset, use_kfold: own && model?.cross_validation !== false };
}

/** The newest run of exactly this version, dataset and method; `runs` are newest first. */
export function runOf(runs: readonly RunEntry[], version: string, choice: Choice): RunEntry | undefined {
  return runs.find(
    (run) => run.version === version && run.dataset === choice.dataset && run.use_kfold === choice.use_kfold,
  );
}

/** Whether a run has not ended. */
export function isRunning(run: RunEntry | null | undefined): boolean {
  return run?.status === "queued" || run?.status === "evaluating" || run?.status === "reconnecting";
}

/** Why this version cannot be calculated now; empty when it can. */
export function blockedReason(version: VersionEntry, choice: Choice): string {
  if (!version.trained) return `Not trained${version.status ? `: ${version.status}` : ""}. Train it to evaluate it.`;
  if (choice.dataset === "") return "Choose an evaluation dataset first.";
  return "";
}

/** Caution to show beside a choice; empty when there is none. */
export function warningOf(version: VersionEntry, choice: Choice, run: RunEntry | undefined): string {
  if (run?.warning) return run.warning;
  if (choice.dataset === "" || choice.dataset !== version.training_dataset || choice.use_kfold) return "";
  return "This scores the version on the data it was trained on, so it will look better than it is on new data.";
}

/** Datasets under "This app" and under each other app, in the order they come. */
export function groupDatasets(datasets: readonly DatasetEntry[]): DatasetGroup[] {
  const groups = new Map<string, DatasetEntry[]>();
  const own = "This app";
  for (const dataset of [...datasets.filter((d) => d.own_app), ...datasets.filter((d) => !d.own_app)]) {
    const label = dataset.own_app ? own : `App ${dataset.app_id}`;
    groups.set(label, [...(groups.get(label) ?? []), dataset]);
  }
  return [...groups].map(([label, members]) => ({ label, datasets: members }));
}
