import { Wait } from "../../parts/Wait.tsx";
import type { Action } from "../../wire/contract.ts";
import { usePlatform } from "../context.ts";
import "../style.css";

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

interface PickerProps {
  label: string;
  control: "app" | "model";
  value: string;
  options: { value: string; text: string }[];
  loading: boolean;
  onPick: (value: string) => void;
}

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

/** Where the widget is connected, and which app and model it shows. */
export function Header() {
  const platform = usePlatform();
  const { traits, actions } = platform;
  const { app, model, apps, models, loading } = traits;
  const pending = actions.pending.value;
  return (
    <header class="cew-header">
      <div class="cew-brand">
        <span class="cew-title">Model evaluation</span>
        <Badge />
      </div>
      <Picker
        label="App"
        control="app"
        value={picked(pending.app?.action, app.value)}
        options={apps.value.map((a) => ({ value: a.id, text: a.name || a.id }))}
        loading={loading.value.includes("apps")}
        onPick={(value) => platform.selectApp(value)}
      />
      <Picker
        label="Model"
        control="model"
        value={picked(pending.model?.action, model.value)}
        options={models.value.map((m) => ({
          value: m.id,
          text: m.type_title ? `${m.name || m.id} (${m.type_title})` : m.name || m.id,
        }))}
        loading={loading.value.includes("models")}
        onPick={(value) => platform.selectModel(value)}
      />
      <div class="cew-field">
        {traits.problem.value === null && <Wait control="refresh" />}
        <button
          type="button"
          aria-disabled={"refresh" in pending}
          title="Look for new versions, datasets and evaluations"
          onClick={() => platform.refresh()}
        >
          Refresh
        </button>
      </div>
    </header>
  );
}
