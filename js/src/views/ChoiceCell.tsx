import { count } from "../format.ts";
import type { Choice, DatasetEntry, ModelEntry, VersionEntry } from "../protocol.ts";
import { chooseDataset, groupDatasets } from "../rows.ts";
import { useSession } from "./context.ts";

interface ChoiceProps {
  version: VersionEntry;
  model: ModelEntry | undefined;
  choice: Choice;
}

function datasetText(dataset: DatasetEntry, version: VersionEntry): string {
  const inputs = dataset.inputs === null ? "" : ` (${count(dataset.inputs)})`;
  const training = dataset.key === version.training_dataset ? " – training data" : "";
  return `${dataset.name || dataset.id}${inputs}${training}`;
}

function DatasetSelect({ version, model, choice }: ChoiceProps) {
  const session = useSession();
  const datasets = session.traits.datasets.value;
  const known = datasets.some((dataset) => dataset.key === choice.dataset);
  const loading = session.traits.loading.value.includes("datasets");
  const unknown = choice.dataset || (loading ? "Loading datasets…" : "Choose a dataset…");
  return (
    <select
      aria-label={`Evaluation dataset for version ${version.label || version.id}`}
      title={
        datasets.filter((dataset) => dataset.key === choice.dataset).map((dataset) => datasetText(dataset, version))[0]
      }
      value={choice.dataset}
      disabled={!version.trained || datasets.length === 0}
      onChange={(event) => session.setChoice(version.id, chooseDataset(event.currentTarget.value, version, model))}
    >
      {!known && <option value={choice.dataset}>{unknown}</option>}
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
export function ChoiceCell(props: ChoiceProps) {
  const { version, model, choice } = props;
  const session = useSession();
  const folds = "Cross-validate, 5 folds";
  return (
    <div class="cew-choice">
      <DatasetSelect {...props} />
      <select
        aria-label={`Method for version ${version.label || version.id}`}
        value={choice.use_kfold ? "kfold" : "score"}
        disabled={!version.trained}
        title="Cross-validate judges the recipe on these data by training new heads; Score judges this trained version."
        onChange={(event) =>
          session.setChoice(version.id, { ...choice, use_kfold: event.currentTarget.value === "kfold" })
        }
      >
        {model?.cross_validation !== false && (
          <option value="kfold" selected={choice.use_kfold}>
            {folds}
          </option>
        )}
        <option value="score" selected={!choice.use_kfold}>
          Score this version
        </option>
      </select>
    </div>
  );
}
