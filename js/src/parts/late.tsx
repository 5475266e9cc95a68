/**
 * Views that come late: what a page does not start with is in a second file, which it asks of its host when it first needs
 * one of them, or when it has had its first curves for a moment.
 *
 * To put a view there: name its module `….late.tsx`, let its default export be the view, and stand
 * `late<typeof import("./View.late.tsx")>("FOLDER/View")` in its place. Only such modules may import it.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext, type FunctionComponent } from "preact";
import { useContext, useEffect } from "preact/hooks";
import { failure } from "../host/host.ts";
import type { Failure } from "../wire/contract.generated.ts";
import { bytesOf } from "../wire/payload.ts";
import { type Actions, failureOf } from "./actions.ts";
import { FailureNotice } from "./FailureNotice.tsx";
import { Wait } from "./Wait.tsx";

/** What the second file gives: its views by name, and their style. */
export interface LateParts {
  readonly parts: Readonly<Record<string, FunctionComponent<never>>>;
  readonly css: string;
}

/** Under which control the file is asked for. */
const CONTROL = "late";

/** The second file as a module; a page that forbids the first way of address may allow the other. */
async function moduleOf(code: Uint8Array): Promise<(shared: readonly unknown[]) => LateParts> {
  const type = "text/javascript";
  const address = URL.createObjectURL(new Blob([code as Uint8Array<ArrayBuffer>], { type }));
  try {
    return (await import(address)).default;
  } catch {
    return (await import(`data:${type};charset=utf-8,${encodeURIComponent(new TextDecoder().decode(code))}`)).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * The second file of one widget.
 *
 * Made once a host, for all its views; asks at most once at a time, and never again once the file is here. What the file
 * shares with the bundle is handed to it, so that both are on the same Preact.
 */
export class Late {
  readonly #actions: Actions;
  readonly #shared: () => readonly unknown[];
  readonly #here = signal<LateParts | null>(null);
  readonly #failure = signal<Failure | null>(null);
  /** From the asking to the module: a file that has come is read for a moment before its views are here. */
  #loading = false;

  constructor(actions: Actions, shared: () => readonly unknown[]) {
    this.#actions = actions;
    this.#shared = shared;
  }

  /** The file; null until it is here. */
  get here(): ReadonlySignal<LateParts | null> {
    return this.#here;
  }

  /** Why it could not be had, until it is asked for again. */
  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }

  /** Asks for the file, unless it is here or on its way. A `quiet` asking says nothing of a kernel that lets it wait. */
  async load(quiet = false): Promise<void> {
    if (this.#here.peek()) return;
    if (this.#loading) {
      if (!quiet && CONTROL in this.#actions.pending.peek()) this.#actions.tell(CONTROL);
      return;
    }
    this.#loading = true;
    this.#failure.value = null;
    try {
      const { buffers } = await this.#actions.ask(CONTROL, { action: "late" }, { quiet });
      const code = buffers[0];
      if (code === undefined) throw new Error("The reply came without the file.");
      this.#here.value = (await moduleOf(bytesOf(code)))(this.#shared());
    } catch (error) {
      const { title, message } = failureOf(error);
      this.#failure.value = failure("This part of the page could not be loaded", `${title}. ${message}`, true);
    } finally {
      this.#loading = false;
    }
  }
}

/** The second file of the widget a view belongs to. */
export const LateContext = createContext<Late | null>(null);

function useLate(): Late {
  const late = useContext(LateContext);
  if (late === null) throw new Error("This view stands outside a LateContext.");
  return late;
}

/** Asks for the file of a view; room for it meanwhile, unless that is `inline`. */
function Waiting({ name, inline }: { name: string; inline: boolean }) {
  const late = useLate();
  const { failure: failed } = late;
  useEffect(() => {
    late.load();
  }, [late]);
  if (failed.value === null)
    return inline ? null : (
      <div class="cew-late" aria-busy="true" data-part={name}>
        Loading… <Wait control={CONTROL} />
      </div>
    );
  return (
    <FailureNotice failure={failed.value}>
      <button type="button" onClick={() => late.load()}>
        Retry
      </button>
    </FailureNotice>
  );
}

/** A view of the second file, by its folder and module; `inline` views take no room before they are here. */
export function late<Module extends { default: FunctionComponent<never> }>(
  name: string,
  inline = false,
): Module["default"] {
  const View = (props: object) => {
    const { here } = useLate();
    const Part = here.value?.parts[name] as FunctionComponent<object> | undefined;
    return Part ? <Part {...props} /> : <Waiting name={name} inline={inline} />;
  };
  return View as Module["default"];
}
