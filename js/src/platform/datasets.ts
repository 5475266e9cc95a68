/** The drop-down of a row's datasets. Pure. */
import { count } from "../parts/format.ts";
import type { Choice, DatasetRow, VersionRow } from "../wire/contract.ts";
import { type Chosen, chosenTrainingData } from "./rows.ts";

/** Datasets under one heading of a drop-down. */
export interface DatasetGroup {
  label: string;
  datasets: DatasetRow[];
}

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
