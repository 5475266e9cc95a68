/** The tabs beside the threshold sweep: one plot at a time, and only that one asks for its data. */
import { useId } from "preact/hooks";
import { useWorkbench } from "../context.ts";
import type { Panel } from "../panel.tsx";
import { inSlot } from "./slots.ts";
import "./curves.css";

/** Position of the tab that a key leads to from the one at `at` of `count`; null for a key that moves nothing. */
export function tabForKey(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The tabs; arrow keys move through them, and what is moved to is shown. */
function Tabs({ all, shown, id }: { all: readonly Panel[]; shown: Panel; id: string }) {
  const workbench = useWorkbench();
  const move = (event: KeyboardEvent) => {
    const next = tabForKey(event.key, all.indexOf(shown), all.length);
    const panel = next === null ? undefined : all[next];
    if (panel === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    workbench.showCurves(panel.id);
    const tab = (event.currentTarget as HTMLElement).querySelector(`[data-panel="${panel.id}"]`);
    (tab as HTMLElement | null)?.focus();
  };
  return (
    <div class="cew-tabs" role="tablist" aria-label="Curves" onKeyDown={move}>
      {all.map((panel) => (
        <button
          key={panel.id}
          type="button"
          role="tab"
          class="cew-tab"
          id={`${id}-${panel.id}`}
          data-panel={panel.id}
          aria-selected={panel === shown}
          aria-controls={`${id}-body`}
          tabIndex={panel === shown ? 0 : -1}
          onClick={() => workbench.showCurves(panel.id)}
        >
          {panel.title}
        </button>
      ))}
    </div>
  );
}

/** The plots of the slot "curves" under their tabs. */
export function Curves() {
  const id = useId();
  const all = inSlot("curves");
  const chosen = useWorkbench().curves.value;
  const shown = all.find((panel) => panel.id === chosen) ?? all[0];
  if (shown === undefined) return null;
  return (
    <div class="cew-curves-slot">
      <Tabs all={all} shown={shown} id={id} />
      <div role="tabpanel" class="cew-tabpanel" id={`${id}-body`} aria-labelledby={`${id}-${shown.id}`}>
        <shown.Body key={shown.id} />
      </div>
    </div>
  );
}
