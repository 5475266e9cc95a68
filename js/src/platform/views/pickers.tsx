/** The drop-downs that pick app, model and version. */
import { Wait } from "../../parts/Wait.tsx";
import type { Action } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";

/** A picker's list, what is picked, and whom to tell. */
interface PickerProps {
  label: string;
  /** Under which its action waits. */
  control: "app" | "model" | "version";
  value: string;
  options: { value: string; text: string }[];
  /** Whether the list is on its way. */
  loading: boolean;
  onPick: (value: string) => void;
}

/** A labelled drop-down that is off while its pick is under way; what is picked may be missing from the list. */
function Picker({ label, control, value, options, loading, onPick }: PickerProps) {
  const { actions, workbench } = usePlatform();
  const off = control in actions.pending.value || workbench.gone.value;
  const known = options.some((option) => option.value === value);
  return (
    <label class={`cew-field cew-field-${control}`}>
      <span class="cew-label">
        {label} <Wait control={control} />
      </span>
      <select
        aria-label={label}
        title={options.find((option) => option.value === value)?.text}
        value={value}
        disabled={off || options.length === 0}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {!known && <option value={value}>{value || (loading ? "Loading…" : "None")}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What a picker shows: what was picked at once, though the kernel may follow later. */
function picked(asked: Action | undefined, now: string): string {
  if (asked?.action === "select_app") return asked.app;
  return asked?.action === "select_model" ? asked.model : now;
}

/** The apps of the account; picking one loads its models. */
export function AppPicker() {
  const platform = usePlatform();
  const { app, apps, loading } = platform.traits;
  return (
    <Picker
      label="App"
      control="app"
      value={picked(platform.actions.pending.value.app?.action, app.value)}
      options={apps.value.map(({ id, name }) => ({ value: id, text: name || id }))}
      loading={loading.value.includes("apps")}
      onPick={(value) => platform.selectApp(value)}
    />
  );
}

/** The models of the app; picking one loads its versions. */
export function ModelPicker() {
  const platform = usePlatform();
  const { model, models, loading } = platform.traits;
  const options = models.value.map(({ id, name, type_title: type }) => ({
    value: id,
    text: type ? `${name || id} (${type})` : name || id,
  }));
  return (
    <Picker
      label="Model"
      control="model"
      value={picked(platform.actions.pending.value.model?.action, model.value)}
      options={options}
      loading={loading.value.includes("models")}
      onPick={(value) => platform.selectModel(value)}
    />
  );
}

/** The versions of the model; the one picked is what the bar evaluates. */
export function VersionPicker() {
  const platform = usePlatform();
  const { loading } = platform.traits;
  return (
    <Picker
      label="Version"
      control="version"
      value={platform.current.value?.version.id ?? ""}
      options={platform.rows.value.map(({ version }) => ({
        value: version.id,
        text: version.label || version.id,
      }))}
      loading={loading.value.includes("versions")}
      onPick={(value) => platform.selectVersion(value)}
    />
  );
}
