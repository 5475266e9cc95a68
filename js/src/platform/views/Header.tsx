/** The line above everything: connection, app, model. */
import { Wait } from "../../parts/Wait.tsx";
import type { Action } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";
import "../style.css";

/** Where the widget is connected, with how to connect elsewhere under it. */
function Badge() {
  const connection = usePlatform().traits.connection.value;
  if (!connection?.label) return <span class="cew-badge">Connecting…</span>;
  return (
    <details
      class={`cew-badge cew-badge-${connection.kind}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.open = false;
      }}
    >
      <summary>
        <span class="cew-badge-dot" aria-hidden="true" />
        {connection.label}
        {connection.user && <span class="cew-muted"> · {connection.user}</span>}
      </summary>
      <p>{connection.help}</p>
    </details>
  );
}

/** A picker's list, what is picked, and whom to tell. */
interface PickerProps {
  label: string;
  /** Under which its action waits. */
  control: "app" | "model";
  value: string;
  options: { value: string; text: string }[];
  /** Whether the list is on its way. */
  loading: boolean;
  onPick: (value: string) => void;
}

/** A labelled drop-down that is off while its pick is under way; what is picked may be missing from the list. */
function Picker({ label, control, value, options, loading, onPick }: PickerProps) {
  const waits = control in usePlatform().actions.pending.value;
  const known = options.some((option) => option.value === value);
  return (
    <label class={`cew-field cew-field-${control}`}>
      <span class="cew-label">
        {label} <Wait control={control} />
      </span>
      <select
        aria-label={label}
        value={value}
        disabled={waits || options.length === 0}
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
function AppPicker() {
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
function ModelPicker() {
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

/** Loads the lists anew; its wait stands beside the widget's problem instead, while there is one. */
function RefreshButton() {
  const platform = usePlatform();
  return (
    <div class="cew-field">
      {platform.traits.problem.value === null && <Wait control="refresh" />}
      <button
        type="button"
        aria-disabled={"refresh" in platform.actions.pending.value}
        title="Look for new versions, datasets and evaluations"
        onClick={() => platform.refresh()}
      >
        Refresh
      </button>
    </div>
  );
}

/** Where the widget is connected, and which app and model it shows. */
export function Header() {
  return (
    <header class="cew-header">
      <div class="cew-brand">
        <span class="cew-title">Model evaluation</span>
        <Badge />
      </div>
      <AppPicker />
      <ModelPicker />
      <RefreshButton />
    </header>
  );
}
