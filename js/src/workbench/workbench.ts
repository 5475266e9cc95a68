/** What is on screen of an evaluation, and the one threshold that moves all of it. */
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import type { Host } from "../host/host.ts";
import type { TraitSignals, Traits } from "../host/traits.ts";
import type { Actions } from "../parts/actions.ts";
import type { Drawn, RunRow } from "../wire/contract.generated.ts";
import type { PanelName } from "../wire/payload.ts";
import { Demand } from "./demand.ts";
import { type Evaluation, readable } from "./evaluation.ts";
import { nearestStop, type OperatingPoint, operatingPoint, type Sweep, sweep } from "./metrics.ts";
import type { Selected } from "./outcomes.ts";
import { type Along, along, ownStops } from "./ownStops.ts";
import { abandoned, changed, inStep } from "./run.ts";
import { settled } from "./settled.ts";

/** How many runs' numbers are kept for looking at them again; at most about 1 MB each. */
const KEPT_RUNS = 12;

/**
 * The evaluation on screen as signals, and what follows from it at the threshold.
 *
 * Made once a model and shared by all its views, so that views stay in step. It follows the host's traits; the numbers of
 * runs that were on screen before are kept, to be looked at without the kernel. Its signals hold their last values in the end.
 */
export class Workbench {
  readonly traits: TraitSignals;
  readonly actions: Actions;
  /** What panels in view ask for. */
  readonly demand: Demand;
  /** Whether the kernel this widget lived in is gone; it never comes back. */
  readonly gone: ReadonlySignal<boolean>;
  /** Whether it is shown from a saved notebook, and no kernel was ever behind it. */
  readonly restored: boolean;
  /** Whether this is a file: there is no Python to ask. */
  readonly baked: boolean;
  /** The runs, newest first; none of them goes on once the kernel is gone. */
  readonly runs: ReadonlySignal<readonly RunRow[]>;
  /** The run on screen; null for none, and for an evaluation that no run made. */
  readonly run: ReadonlySignal<RunRow | null>;
  /** The evaluation on screen; null until it is here. */
  readonly evaluation: ReadonlySignal<Evaluation | null>;
  /** Why the results cannot be read, or empty. */
  readonly problem: ReadonlySignal<string>;
  /** Index of the concept on screen; the number of concepts means the macro average. */
  readonly conceptIndex: ReadonlySignal<number>;
  /** The threshold of what is on screen: the concept's own, or the common one. */
  readonly threshold: ReadonlySignal<number>;
  /** What is on screen along its stops: those of its own where the common ones do not serve it. */
  readonly along: ReadonlySignal<Along | null>;
  /** Rates of what is on screen over those stops, with one threshold for all concepts. */
  readonly sweep: ReadonlySignal<Sweep | null>;
  /** What holds at the threshold; null while Python's exact counts are awaited. */
  readonly point: ReadonlySignal<OperatingPoint | null>;

  /** Whether any concept has a threshold of its own. */
  readonly hasOwn: ReadonlySignal<boolean>;
  /** Every concept's threshold, a moment after the last of them moved: what Python is asked at. */
  readonly settled: ReadonlySignal<readonly number[]>;
  /** The inputs behind the number that was clicked; null for those of the chosen concept. */
  readonly selected = signal<Selected | null>(null);
  /** Keys of the runs that are compared, as asked for last: the first is what the others are measured against. */
  readonly compared: ReadonlySignal<readonly string[]>;
  /** The threshold that was last set by a click or drag on a plot; null before the first. */
  readonly said = signal<number | null>(null);
  /** The panels below that are open. */
  readonly opened = signal<ReadonlySet<PanelName>>(new Set());
  /** The panel below that was led to last, and how often one was. */
  readonly led = signal<{ readonly panel: PanelName; readonly times: number } | null>(null);
  /** The panel chosen of the list "Curves". */
  readonly curves: ReadonlySignal<string>;

  readonly #write: Traits;
  /** The concept on screen by itself, where it has stops of its own. */
  readonly #own: ReadonlySignal<Evaluation | null>;
  /** The macro average's point, which several views show: with many concepts it is the dearest number of a drag. */
  readonly #macro: ReadonlySignal<OperatingPoint | null>;
  /** Panels' own choices by name. */
  readonly #choices = new Map<string, Signal<unknown>>();
  /** Numbers of runs that were on screen before, oldest first. */
  readonly #received = new Map<string, Evaluation>();
  /** What was ticked to be compared, until the kernel has agreed to the last of it; null otherwise. */
  readonly #ticked = signal<readonly string[] | null>(null);
  /** A run that was asked for and is shown before the kernel has answered. */
  readonly #wanted = signal<string | null>(null);

  constructor(host: Host, traits: Traits, actions: Actions, ended: AbortSignal) {
    this.baked = host.baked;
    this.#write = traits;
    this.actions = actions;
    this.demand = new Demand(actions);
    const state = traits.signals;
    this.curves = state.curves;
    this.traits = state;
    this.gone = computed(() => !host.live.value);
    this.restored = host.restored;
    const sent = computed(() => changed(state.run_states.value, state.run_changes.value));
    this.runs = computed(() => {
      if (this.gone.value) return sent.value.map(abandoned);
      const data = this.evaluation.value;
      return data === null || data.complete ? sent.value : sent.value.map((row) => inStep(row, data));
    });
    const viewing = computed(() => this.#wanted.value ?? state.viewing.value);
    this.run = computed(() => this.runs.value.find((run) => run.key === viewing.value) ?? null);
    const read = computed(() => readable(state.results.value));
    this.problem = computed(() => read.value.problem);
    this.evaluation = computed(() => {
      const { evaluation } = read.value;
      if (state.workbench_only.value || evaluation?.run === viewing.value) return evaluation;
      return this.#received.get(viewing.value) ?? null;
    });
    this.conceptIndex = computed(() => {
      const concepts = this.evaluation.value?.concepts ?? [];
      const found = concepts.findIndex((concept) => concept.id === state.concept.value);
      return found < 0 ? concepts.length : found;
    });
    this.threshold = computed(() => this.thresholdOf(this.conceptIndex.value));
    // Where nobody counts the other concepts there, only a concept with a threshold of its own goes to stops of its own.
    const apart = () => !this.#countsNowhere() || this.ownOnScreen;
    const ends: (() => void)[] = this.#followKernel();
    this.#own = ownStops(this.evaluation, this.conceptIndex, apart, this.demand, ends);
    this.along = along(this.#own, this.evaluation, this.conceptIndex);
    this.sweep = computed(() => this.along.value && sweep(this.along.value.data, this.along.value.k));
    this.#macro = computed(() => this.#pointOf(this.evaluation.value?.concepts.length ?? 0));
    this.point = computed(() => this.pointOf(this.conceptIndex.value));
    this.hasOwn = computed(() => Object.keys(state.thresholds.value).length > 0);
    this.compared = computed(() => this.#ticked.value ?? state.comparison.value.map(({ run }) => run));
    const all = computed(() => this.evaluation.value?.concepts.map((_, k) => this.thresholdOf(k)) ?? []);
    this.settled = settled(all, ended);
    const several = computed(() => state.comparison.value.map(({ run }) => JSON.stringify(run)).join());
    ends.push(
      // A number clicked belongs to the run it stood in: of another, other inputs would be taken for those behind it.
      viewing.subscribe(() => {
        this.selected.value = null;
      }),
      effect(() => this.#keep(read.value.evaluation)),
      effect(() => {
        if (several.value.includes(",")) untracked(() => this.setOpen("compare", true));
      }),
    );
    ended.addEventListener("abort", () => {
      for (const end of ends) end();
    });
  }

  /** The threshold of concept `k`: its own where it has one, else the common one; of the macro average the common one. */
  thresholdOf(k: number): number {
    const concept = this.evaluation.value?.concepts[k];
    return (concept && this.#ownThreshold(concept.id)) ?? this.traits.threshold.value;
  }

  /**
   * Moves the threshold of what is on screen in every view at once; Python follows throttled. Where there is no Python to
   * count between two stops, it goes to the nearest stop.
   */
  setThreshold(wanted: number): void {
    const stops = this.#countsNowhere() ? this.along.value?.data.stops : undefined;
    const threshold = stops?.[nearestStop(stops, wanted)] ?? wanted;
    this.said.value = null;
    if (threshold === this.threshold.value) return;
    const concept = this.evaluation.value?.concepts[this.conceptIndex.value];
    if (!concept || !this.ownOnScreen) this.#write.move("threshold", threshold);
    else this.#write.move("thresholds", { ...this.traits.thresholds.value, [concept.id]: threshold });
  }

  /** What holds for concept `k` at its threshold, the macro average included; null while exact counts are awaited. */
  pointOf(k: number): OperatingPoint | null {
    return k === this.evaluation.value?.concepts.length ? this.#macro.value : this.#pointOf(k);
  }

  #pointOf(k: number): OperatingPoint | null {
    const data = this.evaluation.value;
    const at = (one: number) => this.thresholdOf(one);
    const own = k === this.conceptIndex.value ? this.#own.value : null;
    const known = own && operatingPoint(own, 0, () => at(k), null);
    return known ?? (data && operatingPoint(data, k, at, this.traits.exact_counts.value));
  }

  /** Whether the concept on screen has a threshold of its own: no other moves with it. */
  get ownOnScreen(): boolean {
    return this.isOwn(this.evaluation.value?.concepts[this.conceptIndex.value]?.id ?? "");
  }

  /** Whether a concept has a threshold of its own. */
  isOwn(id: string): boolean {
    return this.#ownThreshold(id) !== undefined;
  }

  /** Gives a concept a threshold of its own, at first the common one, or lets it follow the common one again. */
  setOwn(id: string, own: boolean): void {
    const others = Object.entries(this.traits.thresholds.value).filter(([other]) => other !== id);
    const kept = own ? [...others, [id, this.traits.threshold.value] as const] : others;
    this.#write.write("thresholds", Object.fromEntries(kept));
  }

  /**
   * Sets thresholds by concept id, each concept's own; where there is but one concept the common one, unless it has its
   * own. With `locked` they are all made their own.
   */
  takeThresholds(taken: Readonly<Record<string, number>>, locked = false): void {
    const [only] = Object.keys(taken);
    if (!locked && this.evaluation.value?.concepts.length === 1 && only !== undefined && !this.isOwn(only)) {
      this.#write.write("threshold", taken[only] as number);
    } else {
      this.#write.write("thresholds", { ...this.traits.thresholds.value, ...taken });
    }
  }

  /** Lets every concept follow the common threshold. */
  resetOwn(): void {
    this.#write.write("thresholds", {});
  }

  /** Writes the threshold now: a drag has ended. With `say` a screen reader is told where. */
  flushThreshold(say = false): void {
    this.#write.flush();
    if (say) this.said.value = this.threshold.value;
  }

  /** Shows a concept by id; null is the macro average. */
  setConcept(id: string | null): void {
    this.#write.write("concept", id);
  }

  /**
   * Puts a run on screen: at once where its results came before, else when the kernel has sent them. Returns whether it
   * was at once; `done` is called when the kernel has agreed.
   */
  view(control: string, run: string, done = () => {}): boolean {
    const kept = this.#received.has(run);
    const asked = this.actions.start(control, { action: "view", run }, { quiet: kept, done });
    if (asked) this.#wanted.value = kept ? run : null;
    return asked && kept;
  }

  /** A panel's own choice, the same in all its views; `first` until one is made. Named by the panel and what it is. */
  choice<T>(name: `${PanelName}.${string}`, first: T): Signal<T> {
    const found = this.#choices.get(name) ?? signal<unknown>(first);
    this.#choices.set(name, found);
    return found as Signal<T>;
  }

  /** Shows the inputs behind a number, in the panel that lists them. */
  select(selected: Selected): void {
    this.selected.value = selected;
    this.lead("inputs");
  }

  /** Draws more or less beside the chosen concept's curve; concepts ticked that are not here any more are let go. */
  draw(change: Drawn): void {
    const drawn = { ...this.traits.drawn.value, ...change };
    const known = new Set(this.evaluation.value?.concepts.map(({ id }) => id));
    const ticked = drawn.ticked?.map((id) => (known.has(id) ? id : ""));
    this.#write.write("drawn", ticked ? { ...drawn, ticked } : drawn);
  }

  /** Shows a panel of the list "Curves". */
  showCurves(panel: PanelName): void {
    this.#write.write("curves", panel);
  }

  /** Opens a panel below and brings it into view. */
  lead(panel: PanelName): void {
    this.setOpen(panel, true);
    this.led.value = { panel, times: (this.led.peek()?.times ?? 0) + 1 };
  }

  /**
   * Compares these runs and no others, in this order; they are read where they have not been. While the kernel has not
   * answered the last call, only the newest of those that follow is asked for.
   */
  compare(runs: readonly string[]): void {
    this.#ticked.value = [...runs];
    if ("compare" in this.actions.pending.peek()) return;
    const answered = () => {
      const newest = this.#ticked.peek();
      this.#ticked.value = null;
      if (newest && JSON.stringify(newest) !== JSON.stringify(runs)) this.compare(newest);
    };
    const asked = this.actions.start(
      "compare",
      { action: "compare", runs: [...runs] },
      { done: answered, refused: answered },
    );
    if (!asked) this.#ticked.value = null;
  }

  /** Takes a run into what is compared, or out of it; `among`: what stands ticked, where that is not what is compared. */
  tick(run: string, among: readonly string[] = this.compared.value): void {
    const others = among.filter((one) => one !== run);
    this.compare(others.length < among.length ? others : [...others, run]);
  }

  /** Proposes labels for an input that is mislabelled, by concept ids; null takes the mark off. */
  relabel(input: string, labels: readonly string[] | null): void {
    const others = Object.entries(this.traits.relabels.value).filter(([one]) => one !== input);
    const all: [string, string[]][] = labels === null ? others : [...others, [input, [...labels]]];
    this.#write.write("relabels", Object.fromEntries(all));
  }

  /** What is proposed for an input; null where nothing is. */
  proposed(input: string): readonly string[] | null {
    const all = this.traits.relabels.value;
    return Object.hasOwn(all, input) ? (all[input] ?? null) : null;
  }

  /** Opens or closes a panel below. */
  setOpen(panel: PanelName, open: boolean): void {
    if (this.opened.value.has(panel) === open) return;
    const opened = new Set(this.opened.value);
    if (open) opened.add(panel);
    else opened.delete(panel);
    this.opened.value = opened;
  }

  /** Whether nobody can count between the stops. */
  #countsNowhere(): boolean {
    return this.baked || this.gone.value;
  }

  /** A concept's own threshold; ids are arbitrary, so that only own keys count. */
  #ownThreshold(id: string): number | undefined {
    const own = this.traits.thresholds.value;
    return Object.hasOwn(own, id) ? own[id] : undefined;
  }

  /** Ends a look at kept results when the kernel has answered, or shows another run: it says what is on screen. */
  #followKernel(): (() => void)[] {
    const follow = () => {
      this.#wanted.value = null;
    };
    const answered = effect(() => {
      if (!Object.values(this.actions.pending.value).some(({ action }) => action.action === "view")) follow();
    });
    const moved = effect(() => {
      this.traits.viewing.value;
      follow();
    });
    return [answered, moved];
  }

  /** Keeps a run's numbers as the newest looked at, and drops those looked at longest ago. */
  #keep(evaluation: Evaluation | null): void {
    if (evaluation === null) return;
    this.#received.delete(evaluation.run);
    this.#received.set(evaluation.run, evaluation);
    const [oldest] = this.#received.keys();
    if (this.#received.size > KEPT_RUNS && oldest !== undefined) this.#received.delete(oldest);
  }
}
