/** The drop-downs in which dataset and method are chosen, in a row and in the bar. */
import { usePlatform } from "../context.ts";
import { datasetOptions, groupDatasets, optionValue } from "../datasets.ts";
import type { Row } from "../platform.ts";
import { chooseDataset } from "../rows.ts";

/** The datasets of all apps; a chosen one that is not listed (yet) keeps its place by its key. */
export function DatasetSelect({ row: { version, choice, dataset } }: { row: Row }) {
  const platform = usePlatform();
  const datasets = platform.traits.datasets.value;
  const groups = groupDatasets(datasets).map(({ label, datasets: members }) => ({
    label,
    options: members.flatMap((member) => datasetOptions(member, version, choice)),
  }));
  const options = groups.flatMap((group) => group.options);
  const value = optionValue(choice, dataset);
  const chosen = options.find((option) => option.value === value);
  const loading = platform.traits.loading.value.includes("datasets");
  const pick = (picked: string) => {
    const option = options.find((one) => one.value === picked);
    if (option) platform.setChoice(version.key, chooseDataset(option, version));
  };
  return (
    <select
      aria-label={`Evaluation dataset for version ${version.label || version.id}`}
      title={chosen?.text}
      value={value}
      disabled={!version.trained || datasets.length === 0 || platform.workbench.gone.value}
      onChange={(event) => pick(event.currentTarget.value)}
    >
      {!chosen && <option value={value}>{value || (loading ? "Loading datasets…" : "Choose a dataset…")}</option>}
      {groups.map((group) => (
        <optgroup key={group.label} label={group.label}>
          {group.options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.text}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** Which of the two kinds of evaluation. */
export function MethodSelect({ row: { version, model, choice } }: { row: Row }) {
  const platform = usePlatform();
  return (
    <select
      aria-label={`Method for version ${version.label || version.id}`}
      value={choice.use_kfold ? "kfold" : "score"}
      disabled={!version.trained || platform.workbench.gone.value}
      title="Cross-validate judges the recipe on these data by training new heads; Score judges this trained version."
      onChange={(event) =>
        platform.setChoice(version.key, { ...choice, use_kfold: event.currentTarget.value === "kfold" })
      }
    >
      {model?.cross_validation !== false && (
        <option value="kfold" selected={choice.use_kfold}>
          Cross-validate
        </option>
      )}
      <option value="score" selected={!choice.use_kfold}>
        Score this version
      </option>
    </select>
  );
}
