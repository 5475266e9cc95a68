/** The lists from which app, model and version are picked. */

import { Combobox } from "../../parts/Combobox.tsx";
import { lookUp, type Option } from "../../parts/choosing.ts";
import { when } from "../../parts/format.ts";
import { Wait } from "../../parts/Wait.tsx";
import type { Action, AppRow } from "../../wire/contract.generated.ts";
import { usePlatform } from "../context.ts";
import { unfit } from "../rows.ts";

/** A picker's list, what is picked, and whom to tell. */
interface PickerProps {
  label: string;
  /** Under which its action waits. */
  control: "app" | "model" | "version";
  value: string;
  /** What is picked, in words. */
  text: string | undefined;
  options: (typed: string) => readonly Option[];
  /** How many there are to pick. */
  count: number;
  /** Whether the list is on its way. */
  loading: boolean;
  more?: ((typed: string) => void) | null;
  onPick: (value: string) => void;
}

/** A labelled list that is off while its pick is under way; what is picked may be missing from the list. */
function Picker({ label, control, value, text, options, count, loading, more, onPick }: PickerProps) {
  const { actions, workbench } = usePlatform();
  const off = control in actions.pending.value || workbench.gone.value || count === 0;
  const shown = text || value || (loading ? "Loading…" : "None");
  return (
    <div class={`cew-field cew-field-${control}`}>
      <span class="cew-label">
        {label} <Wait control={control} />
      </span>
      <Combobox {...{ label, value, options, off, more, onPick }} text={shown} />
    </div>
  );
}

/** What a picker shows: what was picked at once, though the kernel may follow later. */
function picked(asked: Action | undefined, now: string): string {
  if (asked?.action === "select_app") return asked.app;
  return asked?.action === "select_model" ? asked.model : now;
}

/** What to call an app: another owner's by both. */
const appName = ({ id, name, owner }: AppRow): string => (owner ? id : name || id);

/** The apps of the account, and any other by `owner/app` or its web address; picking one loads its models. */
export function AppPicker() {
  const platform = usePlatform();
  const { app, apps, loading } = platform.traits;
  const value = picked(platform.actions.pending.value.app?.action, app.value);
  const isLoading = loading.value.includes("apps");
  return (
    <Picker
      label="App"
      control="app"
      value={value}
      text={apps.value.filter(({ id }) => id === value).map(appName)[0]}
      options={(typed) => [...lookUp(typed), ...apps.value.map((one) => ({ value: one.id, text: appName(one) }))]}
      // Where none is listed, one may be looked up.
      count={isLoading ? apps.value.length : 1}
      more={platform.more("apps")}
      loading={isLoading}
      onPick={(value) => platform.selectApp(value)}
    />
  );
}

/** The models of the app; picking one loads its versions. One that cannot be evaluated is listed with the reason. */
export function ModelPicker() {
  const platform = usePlatform();
  const { model, models, loading } = platform.traits;
  const value = picked(platform.actions.pending.value.model?.action, model.value);
  return (
    <Picker
      label="Model"
      control="model"
      value={value}
      text={models.value.find(({ id }) => id === value)?.name}
      options={() =>
        models.value.map(({ id, name, type_title, evaluable, reason }) => ({
          value: id,
          text: name || id,
          detail: type_title,
          off: evaluable === false ? reason : "",
        }))
      }
      count={models.value.length}
      more={platform.more("models")}
      loading={loading.value.includes("models")}
      onPick={(value) => platform.selectModel(value)}
    />
  );
}

/** The versions of the model; the one picked is what the bar evaluates. One that cannot be is listed with the reason. */
export function VersionPicker() {
  const platform = usePlatform();
  const { loading } = platform.traits;
  return (
    <Picker
      label="Version"
      control="version"
      value={platform.current.value?.version.id ?? ""}
      text={platform.current.value?.version.label}
      options={() =>
        platform.rows.value.map(({ version, model }) => ({
          value: version.id,
          text: version.label || version.id,
          detail: when(version.created_at)?.relative ?? "",
          off: unfit(version, model)?.reason ?? "",
        }))
      }
      count={platform.rows.value.length}
      more={platform.more("versions")}
      loading={loading.value.includes("versions")}
      onPick={(value) => platform.selectVersion(value)}
    />
  );
}
