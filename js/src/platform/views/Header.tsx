/** The line above everything: connection and app. */
import { Wait } from "../../parts/Wait.tsx";
import { usePlatform } from "../context.ts";
import { AppPicker } from "./pickers.tsx";
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
      <p class="cew-badge-about cew-float">{connection.help}</p>
    </details>
  );
}

/** Loads the lists anew; its wait stands beside the widget's problem instead, while there is one. */
function RefreshButton() {
  const platform = usePlatform();
  return (
    <div class="cew-refresh">
      {platform.traits.problem.value === null && <Wait control="refresh" />}
      <button
        type="button"
        aria-disabled={"refresh" in platform.actions.pending.value || platform.workbench.gone.value}
        title="Look for new versions, datasets and evaluations"
        onClick={() => platform.refresh()}
      >
        Refresh
      </button>
    </div>
  );
}

/** Where the widget is connected, and which app it shows. */
export function Header() {
  return (
    <div class="cew-header">
      <div class="cew-brand">
        <span class="cew-title">Model evaluation</span>
        <Badge />
      </div>
      <AppPicker />
      <RefreshButton />
    </div>
  );
}
