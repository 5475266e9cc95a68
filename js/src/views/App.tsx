import { useComputed } from "@preact/signals";
import { render } from "preact";
import type { Session } from "../session.ts";
import { statusSentence } from "../status.ts";
import { SessionContext, useSession } from "./context.ts";
import { Header } from "./Header.tsx";
import { Notices } from "./Notices.tsx";
import { Results } from "./Results.tsx";
import { VersionsTable } from "./VersionsTable.tsx";

function App() {
  const { traits, actions, run, curves } = useSession();
  const status = useComputed(() => statusSentence(actions.pending.value, run.value, curves.value));
  const pickers = !traits.workbench_only.value;
  return (
    <>
      {pickers && <Header />}
      <Notices />
      {pickers && <VersionsTable />}
      <Results />
      <div class="cew-visually-hidden" role="status" aria-live="polite">
        {status}
      </div>
    </>
  );
}

/** Puts a view of `session` into `el`; the returned function takes it away and may be called more than once. */
export function mount(el: HTMLElement, session: Session): () => void {
  const root = document.createElement("div");
  root.className = "cew";
  // JupyterLab's command mode would take keys typed into the widget for cell commands: arrows would leave a select, "dd" would
  // delete the cell. Its shortcuts match the focused element itself before any parent, so each must carry the mark.
  root.addEventListener("focusin", (event) => {
    (event.target as HTMLElement).dataset.lmSuppressShortcuts = "true";
  });
  el.append(root);
  render(
    <SessionContext.Provider value={session}>
      <App />
    </SessionContext.Provider>,
    root,
  );
  return () => {
    render(null, root);
    root.remove();
  };
}
