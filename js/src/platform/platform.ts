/** The lists to pick from, the rows of the versions table, and what their controls ask for. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { TraitSignals, Traits } from "../host/traits.ts";
import type { Actions } from "../parts/actions.ts";
import type { Choice, Connect, DatasetRow, ModelRow, More, RunRow, VersionRow } from "../wire/contract.generated.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { type Chosen, choiceOf, runOf, runsOf } from "./rows.ts";

/** What a row of the versions table shows beside its version. */
export interface Row {
  readonly version: VersionRow;
  readonly model: ModelRow | undefined;
  readonly choice: Choice;
  /** The dataset chosen, if it is listed. */
  readonly dataset: DatasetRow | undefined;
  /** The newest run of exactly this choice. */
  readonly run: RunRow | undefined;
  /** Under which its actions wait and fail. */
  readonly control: string;
}

/**
 * Pickers and rows as signals, for the page of a widget that has a server.
 *
 * Made once a model, above the workbench it puts runs on, and shared by all its views. It holds nothing of its own: lists
 * and runs are the host's, choices are written back to it. It ends with its host.
 */
export class Platform {
  readonly traits: TraitSignals;
  readonly actions: Actions;
  readonly workbench: Workbench;
  /** The model picked, if it is listed. */
  readonly model: ReadonlySignal<ModelRow | undefined>;
  /** A row for each version, newest first. */
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** The row of the version acted on last, which the bar shows; the first where that is not listed. */
  readonly current: ReadonlySignal<Row | undefined>;
  /**
   * Whether all versions are laid out: as the user wishes, else until there is something on screen to look at. While the
   * leaderboard is open they are not, for both lie over the page.
   *
   * A run that is only queued is nothing yet: when it fails at once, that is read in its row, which has stayed where it was.
   */
  readonly isOpen: ReadonlySignal<boolean>;
  /** Every run that the server is known to have, of all models: this widget's own first. */
  readonly leaderboard: ReadonlySignal<readonly RunRow[]>;
  /** Whether the leaderboard is open. */
  readonly isBoardOpen = signal(false);
  readonly #write: Traits;
  readonly #wished = signal<boolean | null>(null);

  constructor(traits: Traits, actions: Actions, workbench: Workbench) {
    const state = traits.signals;
    this.traits = state;
    this.actions = actions;
    this.workbench = workbench;
    this.#write = traits;
    this.model = computed(() => state.models.value.find((model) => model.id === state.model.value));
    this.rows = computed(() => state.versions.value.map((version) => this.#row(version)));
    this.current = computed(() => {
      const rows = this.rows.value;
      return rows.find(({ version }) => version.id === state.model_version.value) ?? rows[0];
    });
    this.leaderboard = computed(() => [...workbench.runs.value, ...state.other_runs.value]);
    const isFolded = signal(false);
    effect(() => {
      const isUnderWay = !["queued", "failed", "idle"].includes(state.status.value);
      if (state.viewing.value === "") isFolded.value = false;
      // For good: a run that fails later lays nothing out again.
      else if (isUnderWay || workbench.evaluation.value !== null) isFolded.value = true;
    });
    this.isOpen = computed(() => !this.isBoardOpen.value && (this.#wished.value ?? !isFolded.value));
  }

  /** Lays all versions out, or folds them. */
  open(wished: boolean): void {
    this.isBoardOpen.value = false;
    this.#wished.value = wished;
  }

  /** Shows another version in the bar; it is also the one that Python's `evaluate` evaluates. */
  selectVersion(id: string): void {
    this.#write.write("model_version", id);
  }

  /** Chooses what a version is evaluated on, and how. */
  setChoice(versionKey: string, choice: Choice): void {
    this.#write.write("choices", { ...this.traits.choices.value, [versionKey]: choice });
  }

  /** Shows another app's models. */
  selectApp(app: string): void {
    this.actions.start("app", { action: "select_app", app });
  }

  /** Shows another model's versions. */
  selectModel(model: string): void {
    this.actions.start("model", { action: "select_model", model });
  }

  /** Loads all lists anew. */
  refresh(): void {
    this.actions.start("refresh", { action: "refresh" });
  }

  /** What reads on in a list, where the server has more of it: its next page, or what it finds for some words. */
  more(list: More["list"]): ((typed: string) => void) | null {
    const goesOn =
      list === "dataset versions" ? this.traits.preview.value?.goes_on : this.traits.more.value.includes(list);
    if (!goesOn) return null;
    // Words of their own each: no search has to wait for the one before.
    return (search) => this.actions.start(`more:${list}:${search}`, { action: "more", list, search });
  }

  /** Evaluates what is chosen in a row; `params` are others of the model's, where they are not to be their defaults. */
  calculate({ control, version, choice }: Row, params: Record<string, unknown> = {}): void {
    const { dataset_key, dataset_version, use_kfold } = choice;
    const version_key = version.key;
    const action = { action: "calculate", version_key, dataset_key, dataset_version, use_kfold, params } as const;
    // Not before the kernel has agreed: a refusal is to be read where it was asked for.
    this.actions.start(control, action, { done: this.#fold });
  }

  /** Has looked up what is known of an evaluation, for the dialog; the trait `preview` then has it. */
  lookUp(version: VersionRow, { dataset_key, dataset_version }: Chosen): void {
    const action = { action: "preview", version_key: version.key, dataset_key, dataset_version } as const;
    // Under a name of its own, so that no pick has to wait for the one before.
    this.actions.start(`preview:${dataset_key}@${dataset_version}`, action);
  }

  /** Asks another server from now on, or the same for another account. */
  connect(form: Omit<Connect, "action">): void {
    this.actions.start("connect", { action: "connect", ...form });
  }

  /** Puts a run on screen, and folds the versions away from it. */
  view({ control }: Pick<Row, "control">, key: string): void {
    if (key === this.workbench.run.value?.key || this.workbench.view(control, key, this.#fold)) this.#fold();
  }

  /** Every run of a row's version: that of what is chosen there first. */
  runsOf({ version, run }: Row): RunRow[] {
    return runsOf(this.workbench.runs.value, version.key, run);
  }

  /** Goes on with the row's run, or starts it again. */
  retry({ control, run }: Row): void {
    if (run) this.actions.start(control, { action: "retry", run: run.key });
  }

  /** Ends the row's run where the server can, else stops watching it; the run says in `cancelled` which it was. */
  cancel({ control, run }: Row): void {
    if (run) this.actions.start(control, { action: "cancel", run: run.key });
  }

  /** Folds the versions, but for where there is nothing else to look at; what the user has folded stays it. */
  readonly #fold = (): void => {
    if (this.#wished.value) this.#wished.value = null;
  };

  /** Everything a version's row shows, from the lists and runs as they are now. */
  #row(version: VersionRow): Row {
    const { choices, datasets } = this.traits;
    const model = this.model.value;
    const choice = choiceOf(choices.value, version.key);
    const dataset = datasets.value.find(({ key }) => key === choice.dataset_key);
    const run = runOf(this.workbench.runs.value, version.key, choice, dataset);
    return { version, model, choice, dataset, run, control: `row:${version.key}` };
  }
}
