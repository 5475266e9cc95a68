/** The drop-down of a row's datasets. Pure. */
import { lookUp, type Option } from "../parts/choosing.ts";
import { count, rate, when } from "../parts/format.ts";
import type { Choice, DatasetRow, RunRow, VersionRow } from "../wire/contract.generated.ts";
import { type Chosen, chooseDataset, chosenTrainingData } from "./rows.ts";

/** A line of a row's drop-down of datasets. */
export interface DatasetOption extends Chosen {
  /** The dataset's key, with its version where that is not the latest. */
  value: string;
  text: string;
}

/** The value of the line for a choice. */
export function optionValue({ dataset_key, dataset_version }: Chosen, row: DatasetRow | undefined): string {
  const latest = dataset_version === "" || dataset_version === row?.latest_version;
  return latest ? dataset_key : `${dataset_key}@${dataset_version}`;
}

/**
 * The lines of one dataset: its latest version; the version trained on, where that is another; and the one that is chosen,
 * where it is neither.
 */
export function datasetOptions(dataset: DatasetRow, version: VersionRow, choice: Choice): DatasetOption[] {
  const { key, latest_version: latest } = dataset;
  const trained = version.training_data?.dataset_key === key ? version.training_data.dataset_version : "";
  const chosen = choice.dataset_key === key ? choice.dataset_version : "";
  const others = [trained, chosen].filter((id, i, all) => id !== "" && id !== latest && all.indexOf(id) === i);
  return ["", ...others].map((dataset_version) => {
    const line = { dataset_key: key, dataset_version };
    const text = datasetText(dataset, version, line, others.length > 0);
    return { ...line, value: optionValue(line, dataset), text };
  });
}

/** A dataset in words: its name, how many inputs, which version where there is a choice, and whether it is training data. */
function datasetText(dataset: DatasetRow, version: VersionRow, chosen: Chosen, several: boolean): string {
  const training = chosenTrainingData(version, chosen) !== null;
  const inputs = chosen.dataset_version === "" ? dataset.inputs : training ? version.inputs : null;
  const which = chosen.dataset_version === "" ? "latest" : training ? "" : `version ${chosen.dataset_version}`;
  const parts = [
    `${dataset.name || dataset.id}${inputs === null ? "" : ` (${count(inputs)})`}`,
    several && which ? `, ${which}` : "",
    training ? " – training data" : "",
  ];
  return parts.join("");
}

/** In which app a dataset is, in words. */
export const appText = ({ own_app, app }: DatasetRow): string => (own_app ? "this app" : `app ${app}`);

/** The value of the line that opens the dialog. */
export const NEW_DATASET = "new dataset";

/** A line of a row's list of datasets, with what it chooses. */
export interface DatasetChoice extends Option {
  readonly choice: Choice | null;
}

/** On what a version has been evaluated, the newest of each kind. */
function evaluated(runs: readonly RunRow[], version: VersionRow, datasets: readonly DatasetRow[]): DatasetChoice[] {
  const seen = new Set<string>();
  const lines: DatasetChoice[] = [];
  for (const run of runs) {
    if (run.version_key !== version.key || run.status !== "evaluated" || run.dataset_key === "") continue;
    const dataset = datasets.find(({ key }) => key === run.dataset_key);
    const { dataset_key, use_kfold } = run;
    const dataset_version = run.dataset_version === dataset?.latest_version ? "" : run.dataset_version;
    const which = `${dataset_key}@${dataset_version} ${use_kfold}`;
    if (seen.has(which)) continue;
    seen.add(which);
    const detail = ["evaluated", rate(run.roc_auc), run.method_label, when(run.created_at)?.relative]
      .filter(Boolean)
      .join(" · ");
    const choice = { dataset_key, dataset_version, use_kfold };
    lines.push({ value: `run ${run.key}`, text: run.dataset_label, detail, choice });
  }
  return lines;
}

/** A row's list of datasets: what is typed as another owner's, a new one, those evaluated already, this app's, then those of other apps. */
export function datasetChoices(
  datasets: readonly DatasetRow[],
  runs: readonly RunRow[],
  version: VersionRow,
  choice: Choice,
  typed = "",
): DatasetChoice[] {
  const all = [...datasets.filter((one) => one.own_app), ...datasets.filter((one) => !one.own_app)].flatMap((dataset) =>
    datasetOptions(dataset, version, choice).map((line) => ({
      value: line.value,
      text: line.text,
      detail: appText(dataset),
      choice: chooseDataset(line, version),
    })),
  );
  const anew = { value: NEW_DATASET, text: "Evaluate with a new dataset…", always: true, choice: null };
  return [
    ...lookUp(typed).map((line) => ({ ...line, choice: null })),
    anew,
    ...evaluated(runs, version, datasets),
    ...all,
  ];
}
