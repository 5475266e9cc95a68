/**
 * One widget in this page: the model's traits as signals, and what is derived from them.
 *
 * Made once a model (in `initialize`) and shared by all its views, so views stay in step; ends with its AbortSignal. Traits
 * that Python owns are read-only here. `threshold`, `concept` and `choices` are written back; of these the threshold changes
 * with every pointer move, so it is written at most every `WRITE_EVERY` milliseconds, and its last value always.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Actions } from "./actions.ts";
import {
  exactStopIndex,
  type OperatingPoint,
  pointAtStop,
  pointBetweenStops,
  pointFromExactStop,
  sweep,
} from "./metrics.ts";
import { type Choice, type Curves, decodeCurves, type RunEntry, type Traits } from "./protocol.ts";
import { isRunning } from "./rows.ts";
import { throttle } from "./throttle.ts";

/** Milliseconds between two writes of the threshold while it moves. */
export const WRITE_EVERY = 100;

/** How many runs' numbers are kept for looking at them again; at most about 1 MB each. */
const KEPT_RUNS = 12;

/** What is used of anywidget's model. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
}

const EMPTY: Traits = {
  connection: null,
  apps: [],
  app: "",
  models: [],
  model: "",
  versions: [],
  datasets: [],
  choices: {},
  run_states: [],
  viewing: "",
  loading: [],
  problem: null,
  curves: null,
  exact_stop: null,
  threshold: 0.5,
  concept: null,
  workbench_only: false,
};

const KERNEL_GONE = {
  code: 0,
  title: "The kernel was restarted or stopped",
  message: "This evaluation ended with it. Run the widget’s cell again.",
  details: "",
  req_id: "",
  retry: false,
};

/** A run as it is once its kernel is gone: no longer running. */
const abandoned = (run: RunEntry): RunEntry =>
  isRunning(run) ? { ...run, status: "failed", error: KERNEL_GONE } : run;

type TraitSignals = { readonly [Name in keyof Traits]: ReadonlySignal<Traits[Name]> };

export class Session {
  readonly traits: TraitSignals;
  readonly actions: Actions;
  /** Whether the kernel this widget lived in is gone; it never comes back. */
  readonly gone = signal(false);
  /** Numbers on screen; null until they are here. */
  readonly curves: ReadonlySignal<Curves | null>;
  /** Why the numbers cannot be read, or empty. */
  readonly curvesProblem: ReadonlySignal<string>;
  /** The run on screen; null for none and in the workbench. */
  readonly run: ReadonlySignal<RunEntry | null>;
  /** Index of the concept on screen; the number of concepts means the macro average. */
  readonly conceptIndex: ReadonlySignal<number>;
  readonly sweep: ReadonlySignal<ReturnType<typeof sweep> | null>;
  /** Stop at the threshold, or -1 when it lies between stops. */
  readonly stop: ReadonlySignal<number>;
  /** What holds at the threshold; null while Python's exact counts are awaited. */
  readonly point: ReadonlySignal<OperatingPoint | null>;

  readonly #model: Model;
  readonly #writable: { threshold: Signal<number>; concept: Signal<string | null>; choices: Signal<Traits["choices"]> };
  readonly #writeThreshold: ReturnType<typeof throttle>;
  /** Numbers of runs that were on screen before, oldest first: to look at them again needs no kernel. */
  readonly #received = new Map<string, Curves>();
  /** A run that was asked for and shown before the kernel answered. */
  readonly #wanted = signal<string | null>(null);
  readonly #listening: [event: string, callback: (...args: never[]) => void][] = [];

  constructor(model: Model, ended: AbortSignal) {
    this.#model = model;
    this.actions = new Actions(
      (message) => model.send(message),
      () => this.gone.value,
    );
    this.#writeThreshold = throttle(() => this.#write("threshold"), WRITE_EVERY);

    const signals = this.#bind();
    const states = signals.run_states;
    const shown = computed(() => (this.gone.value ? states.value.map(abandoned) : states.value));
    this.traits = { ...signals, run_states: shown };
    this.#writable = signals;
    const decoded = computed(() => decode(signals.curves.value));
    this.curvesProblem = computed(() => decoded.value.problem);
    const viewing = computed(() => this.#wanted.value ?? signals.viewing.value);
    this.curves = computed(() => {
      const { curves } = decoded.value;
      if (signals.workbench_only.value || curves?.run === viewing.value) return curves;
      return this.#received.get(viewing.value) ?? null;
    });
    this.run = computed(() => shown.value.find((run) => run.key === viewing.value) ?? null);
    this.conceptIndex = computed(() => {
      const concepts = this.curves.value?.concepts ?? [];
      const found = concepts.findIndex((concept) => concept.id === signals.concept.value);
      return found < 0 ? concepts.length : found;
    });
    this.sweep = computed(() => (this.curves.value ? sweep(this.curves.value, this.conceptIndex.value) : null));
    this.stop = computed(() => {
      const data = this.curves.value;
      return data ? exactStopIndex(data.stops, signals.threshold.value, data.dtype) : -1;
    });
    this.point = computed(() => this.#pointNow());

    this.#listen("change:viewing", () => this.#followKernel());
    // ipywidgets says so when the kernel restarts or dies; a page made anew gets a model of its own.
    this.#listen("comm_live_update", () => {
      this.gone.value = true;
    });
    this.#listen("msg:custom", (message: unknown) => {
      this.actions.receive(message);
      const stillAsking = Object.values(this.actions.pending.value).some(({ action }) => action.action === "view");
      if (!stillAsking) this.#followKernel();
    });
    const keep = effect(() => this.#keep(decoded.value.curves));
    ended.addEventListener("abort", () => {
      keep();
      for (const [event, callback] of this.#listening) model.off(event, callback);
      this.#writeThreshold.flush();
      this.actions.dispose();
    });
  }

  /** Puts a run on screen: at once where its results came before, else when the kernel has sent them. */
  view(control: string, run: string): void {
    const kept = this.#received.has(run);
    if (this.actions.start(control, { action: "view", run }, { quiet: kept })) this.#wanted.value = kept ? run : null;
  }

  /** Moves the threshold in every view at once; Python follows throttled. */
  setThreshold(threshold: number): void {
    if (threshold === this.#writable.threshold.value) return;
    this.#writable.threshold.value = threshold;
    this.#writeThreshold.call();
  }

  /** Writes the threshold now: a drag has ended. */
  flushThreshold(): void {
    this.#writeThreshold.flush();
  }

  setConcept(id: string | null): void {
    this.#writable.concept.value = id;
    this.#write("concept");
  }

  setChoice(version: string, choice: Choice): void {
    this.#writable.choices.value = { ...this.#writable.choices.value, [version]: choice };
    this.#write("choices");
  }

  #pointNow(): OperatingPoint | null {
    const data = this.curves.value;
    if (data === null) return null;
    if (this.stop.value >= 0) return pointAtStop(data, this.conceptIndex.value, this.stop.value);
    const exact = this.traits.exact_stop.value;
    const fits =
      exact?.run === data.run && exact.revision === data.revision && exact.threshold === this.traits.threshold.value;
    if (exact && fits) return pointFromExactStop(data, this.conceptIndex.value, exact);
    return pointBetweenStops(data, this.conceptIndex.value, this.traits.threshold.value);
  }

  /** Ends a look at kept results: from here on the kernel says what is on screen. */
  #followKernel(): void {
    this.#wanted.value = null;
  }

  #keep(curves: Curves | null): void {
    if (curves === null) return;
    this.#received.delete(curves.run);
    this.#received.set(curves.run, curves);
    const [oldest] = this.#received.keys();
    if (this.#received.size > KEPT_RUNS && oldest !== undefined) this.#received.delete(oldest);
  }

  #write(name: "threshold" | "concept" | "choices"): void {
    this.#model.set(name, this.#writable[name].value);
    this.#model.save_changes();
  }

  #listen(event: string, callback: (...args: never[]) => void): void {
    this.#model.on(event, callback);
    this.#listening.push([event, callback]);
  }

  #bind() {
    const model = this.#model;
    const bind = <Name extends keyof Traits>(name: Name): Signal<Traits[Name]> => {
      const read = () => (model.get(name) ?? EMPTY[name]) as Traits[Name];
      const bound = signal(read());
      const update = () => {
        // The kernel's echo of an earlier position must not pull the slider back while a later one is on its way.
        if (name === "threshold" && this.#writeThreshold.waiting) return;
        bound.value = read();
      };
      this.#listen(`change:${name}`, update);
      return bound;
    };
    const names = Object.keys(EMPTY) as (keyof Traits)[];
    const entries = names.map((name) => [name, bind(name)] as const);
    return Object.fromEntries(entries) as { [Name in keyof Traits]: Signal<Traits[Name]> };
  }
}

function decode(bytes: Traits["curves"]): { curves: Curves | null; problem: string } {
  try {
    return { curves: decodeCurves(bytes), problem: "" };
  } catch (error) {
    return { curves: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
