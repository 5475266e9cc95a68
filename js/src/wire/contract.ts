/** Generated from Python by `python js/contract.py`: change the types there. */

export const PROTOCOL = 2;

export type Status = "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";

export type Loading = "apps" | "models" | "versions" | "datasets" | "results";

export type ListName = "apps" | "models" | "versions" | "datasets" | "evaluations";

export type Kind = "cross-validation" | "score" | "scores";

export type Action = Refresh | SelectApp | SelectModel | Calculate | View | Retry | Cancel | PanelRequest;

/** Where the widget is connected. */
export interface Connection {
  kind: "local" | "platform" | "none";
  label: string;
  user: string;
  /** How to connect to something else. */
  help: string;
}

/** An app to pick. */
export interface AppRow {
  id: string;
  name: string;
}

/** A model to pick. */
export interface ModelRow {
  id: string;
  name: string;
  type: string;
  type_title: string;
  cross_validation: boolean;
  cross_validation_reason: string;
  /** Whether models of its type can be evaluated here. */
  evaluable: boolean;
  /** Why not, empty when they can. */
  reason: string;
}

/** A row of the versions table. */
export interface VersionRow {
  /** The version's key: owner, app, model and version. */
  id: string;
  label: string;
  description: string;
  /** ISO 8601, empty when unknown. */
  created_at: string;
  status: string;
  trained: boolean;
  /** Why it cannot be evaluated: not trained, or too few concepts; empty when it can. */
  reason: string;
  concepts: number | null;
  inputs: number | null;
  /** Key of the dataset it was trained on, empty when unknown. */
  training_dataset: string;
  /** Id of the version of that dataset, empty when unknown. */
  training_dataset_version: string;
}

/** A dataset to evaluate on. */
export interface DatasetRow {
  /** Owner, app and dataset. */
  key: string;
  id: string;
  app_id: string;
  name: string;
  inputs: number | null;
  own_app: boolean;
  /** Id of its latest version, empty when unknown. */
  latest_version: string;
}

/** What is chosen in a version's row. */
export interface Choice {
  /** A dataset's key, empty for none. */
  dataset: string;
  /** A dataset version's id, empty for the latest. */
  dataset_version: string;
  use_kfold: boolean;
}

/** Something that went wrong, in words for a person. */
export interface Failure {
  /** Clarifai's status code, or 0. */
  code: number;
  title: string;
  message: string;
  details: string;
  req_id: string;
  /** Whether trying the same again may help. */
  retry: boolean;
}

/** What keeps the widget from working. */
export interface Problem {
  code: number;
  title: string;
  message: string;
  details: string;
  req_id: string;
  retry: boolean;
  /** What may help. */
  action: "refresh" | "";
  /** The lists that the key may not have, while all else works; empty when it is not that. */
  lists: ("apps" | "models" | "versions" | "datasets" | "evaluations")[];
}

/** A run as the rows show it. */
export interface RunRow {
  key: string;
  /** The model version's key. */
  version: string;
  /** The dataset's key, empty where the server does not say; it may be listed no longer. */
  dataset: string;
  /** What to call the dataset, with its app where that is another than the model's; empty where there is none. */
  dataset_name: string;
  /** Id of the dataset version evaluated; empty while only "the latest" is known. */
  dataset_version: string;
  /** The kind of evaluation; where the server does not say it, the one that is the default. */
  use_kfold: boolean;
  /** The kind as far as it is known, empty where the server does not say it. */
  method: "cross-validation" | "score" | "";
  status: "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";
  fraction: number;
  remaining_seconds: number | null;
  folds_done: number;
  folds: number;
  inputs_done: number;
  inputs: number;
  roc_auc: number | null;
  error: Failure | null;
  warning: string;
  /** What cancelling it came to: the server ended it and what was counted stays, or it goes on there and nobody asks about it, until Retry does again; empty when it was not cancelled. */
  cancelled: "ended" | "stopped watching" | "";
  /** Whether curves arrive before the run ends. */
  live: boolean;
  /** ISO 8601, empty when unknown. */
  created_at: string;
}

/** Counts at thresholds that are not all slider stops; one of each for every concept. */
export interface ExactCounts {
  run: string;
  revision: number;
  thresholds: number[];
  tps: number[];
  fps: number[];
}

/** Mean and population standard deviation over folds; null when no fold defines a value. */
export interface FoldSpread {
  mean: number | null;
  std: number | null;
  folds: number;
}

/** A concept's class sizes and area. */
export interface ConceptHead {
  id: string;
  name: string;
  num_pos: number;
  num_neg: number;
  roc_auc: number | null;
  /** Why there is no area, empty when there is one. */
  reason: string;
  fold_roc_auc: FoldSpread | null;
}

/** The macro average's area. */
export interface MacroHead {
  roc_auc: number | null;
  averaged: number;
  left_out: string[];
  fold_roc_auc: FoldSpread | null;
}

/** What every panel needs to know of the evaluation on screen. */
export interface EvaluationHead {
  title: string;
  kind: "cross-validation" | "score" | "scores";
  kind_label: string;
  complete: boolean;
  dtype: "float32" | "float64";
  source: "test_set" | "platform_curves" | "scores";
  source_label: string;
  /** Whether there are counts, or only rates. */
  has_counts: boolean;
  notes: string[];
  inputs: number;
  inputs_total: number;
  folds: number[];
  folds_total: number;
  concepts: ConceptHead[];
  macro: MacroHead;
}

/** Every synced trait by name. */
export interface State {
  /** None until Python has found out. */
  connection: Connection | null;
  apps: AppRow[];
  app: string;
  models: ModelRow[];
  model: string;
  /** Newest first. */
  versions: VersionRow[];
  model_version: string;
  datasets: DatasetRow[];
  /** By version key. */
  choices: Record<string, Choice>;
  /** Newest first. */
  run_states: RunRow[];
  /** Key of the run on screen, or empty. */
  viewing: string;
  loading: ("apps" | "models" | "versions" | "datasets" | "results")[];
  problem: Problem | null;
  /** What follows the threshold, packed: the section `evaluation` and those of the panels that travel with it. */
  results: DataView | ArrayBuffer | Uint8Array | null;
  exact_counts: ExactCounts | null;
  threshold: number;
  /** Thresholds of single concepts, by concept id, where they are not the common one. */
  thresholds: Record<string, number>;
  /** The concept shown; None is the macro average. */
  concept: string | null;
  status: "idle" | "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";
  progress: number;
  /** Whether only results are shown, without a server. */
  workbench_only: boolean;
}

/** Load all lists anew. */
export interface Refresh {
  action: "refresh";
}

/** Show an app's models. */
export interface SelectApp {
  action: "select_app";
  app: string;
}

/** Show a model's versions. */
export interface SelectModel {
  action: "select_model";
  model: string;
}

/** Start an evaluation. */
export interface Calculate {
  action: "calculate";
  version: string;
  dataset: string;
  dataset_version: string;
  use_kfold: boolean;
}

/** Put a run on screen. */
export interface View {
  action: "view";
  run: string;
}

/** Go on with a run whose server was away, or start a failed one again. */
export interface Retry {
  action: "retry";
  run: string;
}

/** End a run where the server can, else stop watching it; the row then says in `cancelled` which it was. */
export interface Cancel {
  action: "cancel";
  run: string;
}

/** Ask for what a panel in view needs; the reply's one buffer is a payload with a section of the panel's name. */
export interface PanelRequest {
  action: "panel";
  panel: string;
  run: string;
  revision: number;
  /** As the panel declares them. */
  params: Record<string, unknown>;
}

/** The answer to the message of this id: `ok`, or what went wrong. Binary data come as the message's buffers. */
export interface Reply {
  id: string;
  ok?: true;
  error?: Failure;
}

/** What stands in for each trait until Python sets it. */
export const EMPTY_STATE: State = {
  connection: null,
  apps: [],
  app: "",
  models: [],
  model: "",
  versions: [],
  model_version: "",
  datasets: [],
  choices: {},
  run_states: [],
  viewing: "",
  loading: [],
  problem: null,
  results: null,
  exact_counts: null,
  threshold: 0.5,
  thresholds: {},
  concept: null,
  status: "idle",
  progress: 0,
  workbench_only: false,
};

/** No head, or no parameters. */
export type Nothing = Record<string, never>;

/** Whose scores are counted. */
export interface HistogramHead {
  /** None: the decisions of all concepts, pooled. */
  concept: string | null;
  num_pos: number;
  num_neg: number;
}

/** Whose scores to count. */
export interface HistogramParams {
  concept: string | null;
}

/** By panel: its section's head and arrays, and the parameters it is asked for with. */
export interface PanelPayloads {
  evaluation: { head: EvaluationHead; params: Nothing; arrays: { stops: Float64Array; tps?: Uint32Array; fps?: Uint32Array; tpr?: Float64Array; fpr?: Float64Array; precision?: Float64Array } };
  counts: { head: Nothing; params: Nothing; arrays: Record<string, never> };
  histogram: { head: HistogramHead; params: HistogramParams; arrays: { edges: Float64Array; positives: Uint32Array; negatives: Uint32Array } };
  roc: { head: Nothing; params: Nothing; arrays: { offsets: Uint32Array; macro_fpr: Float64Array; macro_tpr: Float64Array; fps?: Uint32Array; tps?: Uint32Array; fpr?: Float64Array; tpr?: Float64Array; fold_offsets?: Uint32Array; fold_fpr?: Float32Array; fold_tpr?: Float32Array } };
  sweep: { head: Nothing; params: Nothing; arrays: { fold_f1?: Float32Array } };
}

/** Which panels' sections travel with the results, and the arrays each must or may have. */
export const PANELS = {
  evaluation: { travels: true, arrays: { stops: "f8" }, optional: { tps: "u4", fps: "u4", tpr: "f8", fpr: "f8", precision: "f8" } },
  counts: { travels: true, arrays: {}, optional: {} },
  histogram: { travels: false, arrays: { edges: "f8", positives: "u4", negatives: "u4" }, optional: {} },
  roc: { travels: true, arrays: { offsets: "u4", macro_fpr: "f8", macro_tpr: "f8" }, optional: { fps: "u4", tps: "u4", fpr: "f8", tpr: "f8", fold_offsets: "u4", fold_fpr: "f4", fold_tpr: "f4" } },
  sweep: { travels: true, arrays: {}, optional: { fold_f1: "f4" } },
} as const;
