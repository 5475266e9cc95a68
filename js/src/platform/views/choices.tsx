/** In which dataset and method are chosen, in a row and in the bar. */
import { useState } from "preact/hooks";
import { Combobox } from "../../parts/Combobox.tsx";
import { late } from "../../parts/late.tsx";
import { usePlatform } from "../context.ts";
import { datasetChoices, datasetOptions, NEW_DATASET, optionValue } from "../datasets.ts";
import type { Row } from "../platform.ts";
import { judges, unfit } from "../rows.ts";

const NewDataset = late<typeof import("./NewDataset.late.tsx")>("views/NewDataset", true);

/** What a version may be evaluated on; a chosen one that is not listed (yet) keeps its place by its key. */
export function DatasetPicker({ row }: { row: Row }) {
  const platform = usePlatform();
  const [asked, ask] = useState<string | null>(null);
  const { version, model, choice, dataset } = row;
  const datasets = platform.traits.datasets.value;
  const options = (typed = "") => datasetChoices(datasets, platform.workbench.runs.value, version, choice, typed);
  const chosen = optionValue(choice, dataset);
  const loading = platform.traits.loading.value.includes("datasets");
  const pick = (value: string) => {
    const picked = options().find((option) => option.value === value);
    if (picked?.choice) platform.setChoice(version.key, picked.choice);
    else ask(value === NEW_DATASET ? "" : value);
  };
  return (
    <>
      <Combobox
        label={`Evaluation dataset for version ${version.label || version.id}`}
        options={options}
        value={chosen}
        text={
          (dataset && datasetOptions(dataset, version, choice).find(({ value }) => value === chosen)?.text) ||
          (choice.dataset_key && `${choice.dataset_key}${loading ? "" : " – not listed"}`) ||
          (loading ? "Loading datasets…" : "Choose a dataset…")
        }
        more={platform.more("datasets")}
        // While a list is read on it stays open: a field that went off would lose the keyboard's place and what is typed.
        off={unfit(version, model) !== null || (loading && !datasets[0]) || platform.workbench.gone.value}
        onPick={pick}
      />
      {asked !== null && <NewDataset row={row} named={asked} onClose={() => ask(null)} />}
    </>
  );
}

/** Which kind of evaluation, with what each judges. */
export function MethodSelect({ row: { version, model, choice } }: { row: Row }) {
  const platform = usePlatform();
  return (
    <select
      aria-label={`Method for version ${version.label || version.id}`}
      title={judges(model, choice)}
      value={String(choice.use_kfold)}
      disabled={unfit(version, model) !== null || platform.workbench.gone.value}
      onChange={(event) =>
        platform.setChoice(version.key, { ...choice, use_kfold: event.currentTarget.value === "true" })
      }
    >
      {model?.methods.map(({ use_kfold, name, judges }) => (
        <option key={name} value={String(use_kfold)} selected={choice.use_kfold === use_kfold} title={judges}>
          {name}
        </option>
      ))}
    </select>
  );
}
