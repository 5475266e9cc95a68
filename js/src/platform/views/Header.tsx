/** The line above everything: connection and app. */
import { useId, useRef, useState } from "preact/hooks";
import { late } from "../../parts/late.tsx";
import { Wait } from "../../parts/Wait.tsx";
import { usePlatform } from "../context.ts";
import { AppPicker } from "./pickers.tsx";
import "../style.css";

const ConnectionForm = late<typeof import("./ConnectionForm.late.tsx")>("views/ConnectionForm");
const Leaderboard = late<typeof import("./Leaderboard.late.tsx")>("views/Leaderboard");

/** Where the widget is connected, with how to connect elsewhere under it. */
function Badge() {
  const [isOpen, open] = useState(false);
  const connection = usePlatform().traits.connection.value;
  if (!connection?.label) return <span class="cew-badge">Connecting…</span>;
  return (
    <details
      class={`cew-badge cew-badge-${connection.kind}`}
      onToggle={(event) => open(event.currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.open = false;
      }}
    >
      <summary>
        <span class="cew-badge-dot" aria-hidden="true" />
        {connection.label}
        {connection.user && <span class="cew-muted"> · {connection.user}</span>}
      </summary>
      <div class="cew-badge-about cew-float">
        <p>{connection.help}</p>
        {isOpen && <ConnectionForm />}
      </div>
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

/** Where the widget is connected, and which app it shows; the leaderboard of all apps lies under it while it is open. */
export function Header() {
  const { isBoardOpen } = usePlatform();
  const isOpen = isBoardOpen.value;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    isBoardOpen.value = false;
    button.current?.focus({ preventScroll: true });
  };
  return (
    <div class="cew-header">
      <div class="cew-brand">
        <span class="cew-title">Model evaluation</span>
        <Badge />
      </div>
      <button
        type="button"
        class="cew-disclose"
        aria-label="Leaderboard"
        aria-expanded={isOpen}
        aria-controls={id}
        ref={button}
        onClick={() => {
          isBoardOpen.value = !isOpen;
        }}
      >
        Leaderboard
      </button>
      <AppPicker />
      <RefreshButton />
      <div class="cew-board cew-float" id={id} hidden={!isOpen}>
        {isOpen && <Leaderboard onClose={close} />}
      </div>
    </div>
  );
}
