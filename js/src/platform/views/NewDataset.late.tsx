/** The dialog in which a version is evaluated on any dataset, version of it, method and parameters. */
import { useEffect, useState } from "preact/hooks";
import { Combobox } from "../../parts/Combobox.tsx";
import { lookUp } from "../../parts/choosing.ts";
import { Dialog } from "../../parts/Dialog.tsx";
import type { Choice, Preview } from "../../wire/contract.generated.ts";
import { usePlatform } from "../context.ts";
import { appText } from "../datasets.ts";
import { paramLabel, paramProblems, paramsOf, paramText, previewOf, remarksOn } from "../newDataset.ts";
import type { Row } from "../platform.ts";
import { chooseDataset } from "../rows.ts";

/** What was found out about a choice, after what cannot be meant in the parameters. */
function Remarks({ found, choice, wrong }: { found: Preview | null; choice: Choice; wrong: string[] }) {
  const refusals = wrong.map((text) => ({ kind: "refusal", text }));
  const remarks = [...refusals, ...remarksOn(found, choice)];
  return (
    <ul class="cew-remarks" aria-label="Check" aria-live="polite" aria-busy={found === null}>
      {remarks.map(({ kind, text }) => (
        <li key={text} class={`cew-remark-${kind}`}>
          {text}
        </li>
      ))}
      {remarks.length === 0 && (
        <li class="cew-remark-none">{found ? "No problem found." : "Checking labels and versions…"}</li>
      )}
    </ul>
  );
}

/**
 * What is chosen in the dialog; each choice of data is looked up. What is `named` by its owner or address becomes the
 * dataset that is found.
 */
function useChoice({ version, choice: first, dataset }: Row, named: string) {
  const platform = usePlatform();
  const preview = platform.traits.preview.value;
  const [choice, setChoice] = useState(
    dataset && !named ? first : { ...first, dataset_key: named, dataset_version: "" },
  );
  const pick = (dataset_key: string, dataset_version = "") =>
    setChoice(chooseDataset({ dataset_key, dataset_version }, version));
  const isMeant = preview?.version_key === version.key && preview.asked === choice.dataset_key;
  useEffect(() => {
    if (choice.dataset_key) platform.lookUp(version, choice);
  }, [choice.dataset_key, choice.dataset_version]);
  useEffect(() => {
    if (isMeant && preview.dataset_key !== choice.dataset_key) pick(preview.dataset_key, preview.dataset_version);
  }, [preview]);
  const versions = preview?.dataset_key === choice.dataset_key ? preview.versions : [];
  return { choice, setChoice, pick, versions, found: previewOf(preview, version, choice) };
}

/** Asks for app, dataset, version, method and parameters; says what is known against them before anything is sent. */
function NewDataset({ row, named, onClose }: { row: Row; named: string; onClose: () => void }) {
  const platform = usePlatform();
  const { version, model } = row;
  const { choice, setChoice, pick, versions, found } = useChoice(row, named);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const datasets = platform.traits.datasets.value;
  const asked = model?.params ?? [];
  const params = paramsOf(asked, typed);
  const wrong = paramProblems(asked, typed);
  const refused = remarksOn(found, choice).some(({ kind }) => kind === "refusal");
  const off = choice.dataset_key === "" || params === null || refused || platform.workbench.gone.value;
  const calculate = () => {
    if (off) return;
    platform.setChoice(version.key, choice);
    platform.calculate({ ...row, choice }, params);
    onClose();
  };
  return (
    <Dialog title={`Evaluate version ${version.label || version.id} with a new dataset`} onClose={onClose}>
      <div class="cew-form">
        <div class="cew-form-row">
          <div class="cew-label">
            App and dataset
            <Combobox
              label="Dataset"
              options={(words) => [
                ...lookUp(words),
                ...datasets.map((one) => ({ value: one.key, text: one.name || one.id, detail: appText(one) })),
              ]}
              value={choice.dataset_key}
              text={datasets.find(({ key }) => key === choice.dataset_key)?.name || choice.dataset_key || "Choose…"}
              more={platform.more("datasets")}
              onPick={pick}
            />
          </div>
          <div class="cew-label">
            Version
            <Combobox
              label="Dataset version"
              options={() => versions.map(({ id, text, detail, off: why }) => ({ value: id, text, detail, off: why }))}
              value={choice.dataset_version}
              text={versions.find(({ id }) => id === choice.dataset_version)?.text ?? "Latest"}
              more={versions.length > 0 ? platform.more("dataset versions") : null}
              onPick={(id) => pick(choice.dataset_key, id)}
            />
          </div>
        </div>
        <fieldset>
          {model?.methods.map(({ use_kfold, name, judges }) => (
            <label key={name}>
              <input
                type="radio"
                name={`method-${version.key}`}
                checked={choice.use_kfold === use_kfold}
                onChange={() => setChoice({ ...choice, use_kfold })}
              />
              {name} <small>{judges}</small>
            </label>
          ))}
        </fieldset>
        {asked.map((param) => (
          <label key={param.name} class="cew-label">
            {paramLabel(param.name)}{" "}
            <input
              class="cew-input"
              value={paramText(param, typed)}
              aria-invalid={paramProblems([param], typed).length > 0}
              onInput={(event) => setTyped({ ...typed, [param.name]: event.currentTarget.value })}
            />
            <small>{param.description}</small>
          </label>
        ))}
        {choice.dataset_key && <Remarks found={found} choice={choice} wrong={wrong} />}
        <div class="cew-form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="cew-primary" aria-disabled={off} onClick={calculate}>
            Calculate
          </button>
        </div>
      </div>
    </Dialog>
  );
}

export default NewDataset;
