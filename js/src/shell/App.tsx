/** A view of a widget: its platform's side above its workbench. */
import { useComputed, useSignalEffect } from "@preact/signals";
import { render } from "preact";
import { ActionsContext } from "../parts/context.ts";
import { keepFocus } from "../parts/keptFocus.ts";
import { LateContext } from "../parts/late.tsx";
import { PlatformContext } from "../platform/context.ts";
import { Header } from "../platform/views/Header.tsx";
import { Launcher } from "../platform/views/Launcher.tsx";
import { WorkbenchContext } from "../workbench/context.ts";
import { Alone } from "../workbench/views/Alone.tsx";
import { Results } from "../workbench/views/Results.tsx";
import { panelNamed } from "../workbench/views/slots.ts";
import { LOST, Notices } from "./Notices.tsx";
import type { Session } from "./session.ts";
import { statusSentence } from "./status.ts";

/** Milliseconds after the first curves until the views that come late are asked for, should nobody have opened one. */
const LATE_AFTER = 1500;

/** Has the views that come late ready before they are opened: not at the start, which the curves should have to themselves. */
function useLateSoon({ workbench, late }: Session): void {
  useSignalEffect(() => {
    if (workbench.evaluation.value === null || workbench.gone.value || late.here.value) return;
    const clock = setTimeout(() => late.load(true), LATE_AFTER);
    return () => clearTimeout(clock);
  });
}

/** Pickers and rows only where there is a server; one live region for everything that goes on. */
function App({ session }: { session: Session }) {
  const { workbench, actions, late } = session;
  const { run, evaluation } = workbench;
  const trouble = () =>
    workbench.gone.value && !workbench.restored ? LOST.title : (workbench.traits.problem.value?.title ?? "");
  const status = useComputed(() => statusSentence(actions.pending.value, run.value, evaluation.value, trouble()));
  const pickers = !workbench.traits.workbench_only.value;
  useLateSoon(session);
  const alone = panelNamed(workbench.traits.panel.value);
  return (
    <>
      {late.here.value && <style>{late.here.value.css}</style>}
      {pickers && <Header />}
      {pickers ? <Launcher notices={<Notices />} /> : <Notices />}
      {alone ? <Alone panel={alone} /> : <Results />}
      <div class="cew-visually-hidden" role="status" aria-live="polite">
        {status}
      </div>
    </>
  );
}

/** Milliseconds after which the page speaks to the kernel: that shell is there after the first, or on a slow machine after the last. */
const LISTEN_AFTER = [1000, 3000, 10_000];

/** Milliseconds between two looks whether the kernel is still there. */
const LOOK_EVERY = 2000;

/** What edits, moves or activates with a modifier, too, as every key with a name may: it stays the control's own. */
const OWN_KEYS = /^[acvxyzVZ]$|../;

const isCommand = (key: KeyboardEvent) => (key.ctrlKey || key.metaKey) && !key.altKey && !OWN_KEYS.test(key.key);

/** Puts a view of `session` into `el`; the returned function takes it away, calls `left`, and may be called more than once. */
export function mount(el: HTMLElement, session: Session, left?: () => void): () => void {
  const root = document.createElement("div");
  root.className = "cew";
  // JupyterLab's command mode would take keys typed into the widget for cell commands: arrows would leave a select, "dd" would
  // delete the cell. Its shortcuts match the focused element itself before any parent, so each must carry the mark, but not for
  // what is a command wherever the focus is, as Ctrl+S. JupyterLab listens at the document, so this is asked before, at the window.
  const mark = (event: KeyboardEvent) => {
    const [at] = event.composedPath();
    if (at instanceof Element && root.contains(at)) at.toggleAttribute("data-lm-suppress-shortcuts", !isCommand(event));
  };
  window.addEventListener("keydown", mark, true);
  // In a box of widgets, which gives its children no width of their own.
  el.classList.add("cew-host");
  el.append(root);
  const forget = keepFocus(root);
  render(
    <ActionsContext.Provider value={session.actions}>
      <LateContext.Provider value={session.late}>
        <WorkbenchContext.Provider value={session.workbench}>
          <PlatformContext.Provider value={session.platform}>
            <App session={session} />
          </PlatformContext.Provider>
        </WorkbenchContext.Provider>
      </LateContext.Provider>
    </ActionsContext.Provider>,
    root,
  );
  const clocks = LISTEN_AFTER.map((delay) => setTimeout(() => session.listen(), delay));
  const looking = setInterval(() => session.host.look(), LOOK_EVERY);
  return () => {
    clearInterval(looking);
    for (const clock of clocks) clearTimeout(clock);
    window.removeEventListener("keydown", mark, true);
    forget();
    render(null, root);
    root.remove();
    el.classList.remove("cew-host");
    left?.();
  };
}
