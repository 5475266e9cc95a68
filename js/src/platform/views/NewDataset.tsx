/** The dialog in which a version is evaluated on any dataset, version of it, method and parameters. */
import { useEffect, useId, useState } from "preact/hooks";
import { Combobox } from "../../parts/Combobox.tsx";
import { Dialog } from "../../parts/Dialog.tsx";
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import type { Choice, ParamRow } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";
import { appOptions, datasetsOf, isAbout, METHODS, paramsOf, remarksOn, versionOptions } from "../newDataset.ts";
import type { Row } from "../platform.ts";
import { chooseDataset } from "../rows.ts";

/** Which of the two kinds, each with what it judges. */
function Method({ row, choice, onChoose }: { row: Row; choice: Choice; onChoose: (useKfold: boolean) => void }) {
  return (
    <fieldset>
      <legend class="cew-label">Method</legend>
      {METHODS.filter((one) => !one.use_kfold || row.model?.cross_validation !== false).map((one) => (
        <label key={one.name}>
          <input
            type="radio"
            name={`method-${row.version.key}`}
            checked={choice.use_kfold === one.use_kfold}
            onChange={() => onChoose(one.use_kfold)}
          />
          <span>
            {one.name} <small class="cew-block">{one.judges}</small>
          </span>
        </label>
      ))}
      {row.model?.cross_validation === false && <small>{row.model.cross_validation_reason}</small>}
    </fieldset>
  );
}

/** One more parameter of the model's type. */
function Param({ param, value, onType }: { param: ParamRow; value: string; onType: (text: string) => void }) {
  const id = useId();
  const { name, kind, description } = param;
  const type = (event: Event) => onType((event.currentTarget as HTMLInputElement).value);
  return (
    <div class="cew-field">
      <label class="cew-label" for={id}>
        {name}
      </label>
      {kind === "yes or no" && (
        <select id={id} value={value || "false"} onChange={type}>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      )}
      {kind === "number" && <input id={id} type="number" step="any" value={value} onInput={type} />}
      {kind === "text" && <input id={id} type="text" value={value} onInput={type} />}
      {description && <small>{description}</small>}
    </div>
  );
}

/** What is chosen in the dialog; each choice of data is looked up. */
function useChoice({ version, choice: first, dataset }: Row) {
  const platform = usePlatform();
  const own = platform.traits.app.value;
  const [app, setApp] = useState(dataset?.app_id ?? own);
  const [choice, setChoice] = useState<Choice>(dataset ? first : { ...first, dataset_key: "", dataset_version: "" });
  useEffect(() => {
    if (choice.dataset_key) platform.lookUp(version, choice);
  }, [choice.dataset_key, choice.dataset_version]);
  const pickApp = (id: string) => {
    setApp(id);
    setChoice({ ...choice, dataset_key: "", dataset_version: "" });
  };
  const pickData = (dataset_key: string, dataset_version: string) =>
    setChoice(chooseDataset({ dataset_key, dataset_version }, version));
  return { app, pickApp, choice, setChoice, pickData };
}

/** What was found out about the choice. */
function Remarks({ row, choice }: { row: Row; choice: Choice }) {
  const { preview } = usePlatform().traits;
  const remarks = remarksOn(preview.value, row.version, choice);
  const looking = choice.dataset_key !== "" && !isAbout(preview.value, row.version, choice);
  const failed = isAbout(preview.value, row.version, choice) ? preview.value.error : null;
  const clear = choice.dataset_key !== "" && !looking && !failed && remarks.length === 0;
  return (
    <>
      <ul class="cew-remarks" aria-label="Check" aria-live="polite" aria-busy={looking}>
        {remarks.map(({ kind, text }) => (
          <li key={text} class={`cew-remark-${kind}`}>
            {text}
          </li>
        ))}
        {looking && <li class="cew-muted">Checking labels and versions…</li>}
        {clear && <li class="cew-muted">Nothing speaks against it.</li>}
      </ul>
      {failed && <FailureNotice failure={failed} />}
    </>
  );
}

/** Asks for app, dataset, version, method and parameters; says what is known against them before anything is sent. */
export function NewDataset({ row, onClose }: { row: Row; onClose: () => void }) {
  const platform = usePlatform();
  const { version, model } = row;
  const { datasets, apps, preview } = platform.traits;
  const { app, pickApp, choice, setChoice, pickData } = useChoice(row);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const dataset = datasets.value.find(({ key }) => key === choice.dataset_key);
  const asked = model?.params ?? [];
  const params = paramsOf(asked, typed);
  const refused = remarksOn(preview.value, version, choice).some(({ kind }) => kind === "refusal");
  const off = choice.dataset_key === "" || params === null || refused || platform.workbench.gone.value;
  const calculate = () => {
    if (off) return;
    platform.setChoice(version.key, choice);
    platform.calculate({ ...row, choice, dataset }, params);
    onClose();
  };
  return (
    <Dialog title={`Evaluate version ${version.label || version.id} with a new dataset`} onClose={onClose}>
      <div class="cew-form">
        <div class="cew-form-row">
          <div class="cew-field">
            <span class="cew-label">App</span>
            <Combobox
              label="App of the dataset"
              options={appOptions(datasets.value, apps.value)}
              value={app}
              unlisted={app}
              onPick={pickApp}
            />
          </div>
          <div class="cew-field">
            <span class="cew-label">Dataset</span>
            <Combobox
              label="Dataset"
              options={datasetsOf(datasets.value, app)}
              value={choice.dataset_key}
              unlisted="Choose a dataset…"
              onPick={(key) => pickData(key, "")}
            />
          </div>
          <div class="cew-field">
            <span class="cew-label">Version</span>
            <Combobox
              label="Dataset version"
              options={versionOptions(preview.value, dataset)}
              value={choice.dataset_version}
              off={dataset === undefined}
              onPick={(id) => pickData(choice.dataset_key, id)}
            />
          </div>
        </div>
        <Method row={row} choice={choice} onChoose={(use_kfold) => setChoice({ ...choice, use_kfold })} />
        {asked.map((param) => (
          <Param
            key={param.name}
            param={param}
            value={typed[param.name] ?? String(param.default ?? "")}
            onType={(text) => setTyped({ ...typed, [param.name]: text })}
          />
        ))}
        <Remarks row={row} choice={choice} />
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
