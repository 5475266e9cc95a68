/** The cell of the versions table in which dataset and method are chosen. */
import { count } from "../../parts/format.ts";
import type { DatasetRow, VersionRow } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { chooseDataset, groupDatasets, isTrainingData } from "../rows.ts";

/** A dataset in a drop-down: its name, how many inputs, and whether the version has seen them. */
function datasetText(dataset: DatasetRow, version: VersionRow): string {
  const inputs = dataset.inputs === null ? "" : ` (${count(dataset.inputs)})`;
  const training = isTrainingData(version, dataset.key) ? " – training data" : "";
  return `${dataset.name || dataset.id}${inputs}${training}`;
}

/** The datasets of all apps; a chosen one that is not listed (yet) keeps its place by its key. */
function DatasetSelect({ row: { version, model, choice } }: { row: Row }) {
  const platform = usePlatform();
  const datasets = platform.traits.datasets.value;
  const chosen = datasets.find((dataset) => dataset.key === choice.dataset);
  const loading = platform.traits.loading.value.includes("datasets");
  const unknown = choice.dataset || (loading ? "Loading datasets…" : "Choose a dataset…");
  return (
    <select
      aria-label={`Evaluation dataset for version ${version.label || version.id}`}
      title={chosen && datasetText(chosen, version)}
      value={choice.dataset}
      disabled={!version.trained || datasets.length === 0}
      onChange={(event) => platform.setChoice(version.id, chooseDataset(event.currentTarget.value, version, model))}
    >
      {!chosen && <option value={choice.dataset}>{unknown}</option>}
      {groupDatasets(datasets).map((group) => (
        <optgroup key={group.label} label={group.label}>
          {group.datasets.map((dataset) => (
            <option key={dataset.key} value={dataset.key} selected={dataset.key === choice.dataset}>
              {datasetText(dataset, version)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** Which dataset, and which of the two kinds of evaluation. */
export function ChoiceCell({ row }: { row: Row }) {
  const { version, model, choice } = row;
  const platform = usePlatform();
  return (
    <div class="cew-choice">
      <DatasetSelect row={row} />
      <select
        aria-label={`Method for version ${version.label || version.id}`}
        value={choice.use_kfold ? "kfold" : "score"}
        disabled={!version.trained}
        title="Cross-validate judges the recipe on these data by training new heads; Score judges this trained version."
        onChange={(event) =>
          platform.setChoice(version.id, { ...choice, use_kfold: event.currentTarget.value === "kfold" })
        }
      >
        {model?.cross_validation !== false && (
          <option value="kfold" selected={choice.use_kfold}>
            Cross-validate, 5 folds
          </option>
        )}
        <option value="score" selected={!choice.use_kfold}>
          Score this version
        </option>
      </select>
    </div>
  );
}
