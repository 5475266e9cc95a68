/** What to evaluate: one bar of constant height, and all versions laid out under it while that is asked for. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { waitText } from "../../parts/actions.ts";
import { plural } from "../../parts/format.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { blockedReason, judges, troubleOf, warningOf, wasEnded } from "../rows.ts";
import { DatasetPicker, MethodSelect } from "./choices.tsx";
import { Go } from "./Go.tsx";
import { ModelPicker, VersionPicker } from "./pickers.tsx";
import { RunChips } from "./RunChips.tsx";
import { EmptyText, VersionsTable } from "./VersionsTable.tsx";
import "./launcher.css";

/** What there is to say of the bar's choice, the most pressing first; the table has it in full. */
function useRemark({ control, version, model, choice, run }: Row): {
  text: string;
  kind: "error" | "warning" | "note";
} {
  const { actions } = usePlatform();
  const wait = waitText(actions.pending.value[control]);
  if (wait) return { text: wait, kind: "warning" };
  const failure = actions.errors.value[control] ?? troubleOf(run);
  if (failure)
    return { text: [failure.title.replace(/\.$/, ""), failure.message].filter(Boolean).join(": "), kind: "error" };
  const caution = blockedReason(version, choice, model) || warningOf(version, choice, run);
  return caution
    ? { text: caution, kind: wasEnded(run) ? "note" : "warning" }
    : { text: judges(model, choice), kind: "note" };
}

/** The line under the bar's controls: what to be careful about, and the version's runs. */
function Under({ row }: { row: Row }) {
  const { text, kind } = useRemark(row);
  return (
    <div class="cew-under">
      <RunChips row={row} />
      {text && (
        // What is cut unfolds under the pointer and the keyboard alike.
        <span class={`cew-remark cew-remark-${kind}`} tabIndex={kind === "note" ? undefined : 0}>
          {text}
        </span>
      )}
    </div>
  );
}

/** The choice of the version acted on last, with its button. */
function Choice({ row }: { row: Row | undefined }) {
  return (
    <>
      <VersionPicker />
      {row && (
        <>
          <div class="cew-field cew-field-dataset">
            <span class="cew-label">Evaluation dataset</span>
            <DatasetPicker row={row} />
          </div>
          <div class="cew-field cew-field-method">
            <span class="cew-label">Method</span>
            <MethodSelect row={row} />
          </div>
          <Go row={row} />
        </>
      )}
    </>
  );
}

/** Keeps the keyboard's place where the versions fold away from under it: the bar's button takes it. */
function useKeptFocus(isOpen: boolean) {
  const launcher = useRef<HTMLElement>(null);
  const within = useRef(false);
  useEffect(() => {
    if (isOpen || !within.current) return;
    within.current = false;
    const button = launcher.current?.querySelector<HTMLElement>(".cew-bar .cew-go button");
    button?.focus({ preventScroll: true });
  }, [isOpen]);
  const note = (event: FocusEvent) => {
    within.current = (event.target as Element).closest(".cew-sheet") !== null;
  };
  const leave = (event: FocusEvent) => {
    if (event.relatedTarget !== null) within.current = false;
  };
  return { launcher, note, leave };
}

/**
 * The bar, and the sheet with the versions table.
 *
 * The sheet lies over what is below: opening and folding it moves nothing that is being looked at. While it is open the bar
 * holds only the model, for every row has what the bar has for one. What went wrong of the whole widget stands under the bar,
 * and while the sheet is open on top of that: it would lie over it.
 */
export function Launcher({ notices }: { notices: ComponentChildren }) {
  const platform = usePlatform();
  const id = useId();
  const isOpen = platform.isOpen.value;
  const row = platform.current.value;
  const { launcher, note, leave } = useKeptFocus(isOpen);
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    platform.open(false);
  };
  return (
    <>
      <section
        class="cew-launcher"
        aria-label="What to evaluate"
        data-versions={platform.rows.value.length}
        ref={launcher}
        onFocusIn={note}
        onFocusOut={leave}
        onKeyDown={close}
      >
        <div class="cew-bar">
          <ModelPicker />
          {isOpen ? (
            <span class="cew-bar-words cew-muted">
              {row && `${platform.more("versions") ? "newest " : ""}${plural(platform.rows.value.length, "version")}`}
            </span>
          ) : (
            <Choice row={row} />
          )}
          <button
            type="button"
            class="cew-disclose"
            aria-label="All versions"
            aria-expanded={isOpen}
            aria-controls={`${id}-sheet`}
            onClick={() => platform.open(!isOpen)}
          >
            All versions
          </button>
        </div>
        {!isOpen && row ? (
          <Under row={row} />
        ) : (
          <div class="cew-under">
            <span class="cew-remark cew-remark-note">{!isOpen && <EmptyText />}</span>
          </div>
        )}
        {/* Without a version there is nothing in it to scroll by but itself. */}
        <div class="cew-sheet cew-float" id={`${id}-sheet`} hidden={!isOpen} tabIndex={row ? undefined : 0}>
          {isOpen && (
            <>
              {notices}
              <VersionsTable />
            </>
          )}
        </div>
      </section>
      {!isOpen && notices}
    </>
  );
}
