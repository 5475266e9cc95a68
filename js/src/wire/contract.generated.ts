/** Generated from Python by `python -m tests.widget.contract`: change the types there. */

export const PROTOCOL = 4;

export type Status = "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";

export type Loading = "apps" | "models" | "versions" | "datasets" | "evaluations" | "results";

export type MoreOf = "apps" | "models" | "versions" | "datasets";

export type ListName = "apps" | "models" | "versions" | "datasets" | "dataset versions" | "evaluations";

export type Action = Refresh | SelectApp | SelectModel | More | Calculate | PreviewRequest | Check | Connect | View | Retry | Cancel | Compare | Match | PanelRequest | Listen | Take | Late | Narrow | WriteLabels | MediaRequest;

export type Kind = "cross-validation" | "score" | "scores";

export type MatrixName = "count" | "argmax" | "probability" | "cooccurrence" | "platform_probability" | "platform_cooccurrence";

/** Where the widget is connected. */
export interface ConnectionInfo {
  kind: "local" | "platform" | "none";
  label: string;
  user: string;
  /** How to connect to something else. */
  help: string;
}

/** What the plots of curves draw beside the chosen concept's; what is left out is as on a new page. */
export interface Drawn {
  /** Ids of further concepts drawn strong, each in the way of its place; empty for a way that is free. */
  ticked?: string[];
  /** Each fold's curve; at first drawn. */
  folds?: boolean;
  /** The 95 % confidence band; at first not drawn. */
  band?: boolean;
  /** Of the calibration each bin's 95 % interval; at first drawn. */
  intervals?: boolean;
  /** The macro and micro averages; at first drawn. */
  averages?: boolean;
  /** All other concepts' curves, faint; at first drawn. */
  others?: boolean;
  /** Whether of the ROC only the corner of low false positive rates is shown; at first all is. */
  zoomed?: boolean;
}

/** An app to pick. */
export interface AppRow {
  /** As the trait `app` names it: its id, with the owner before it where that is not the user. */
  id: string;
  name: string;
  /** Whose it is, empty where it is the user's own. */
  owner: string;
}

/** A parameter that evaluations of a model take, beside dataset and method. */
export interface ParamRow {
  name: string;
  kind: "number" | "text" | "yes or no";
  default: number | string | boolean | null;
  description: string;
  /** The smallest number it may be; None where there is none, or it is no number. */
  least: number | null;
  /** The largest. */
  most: number | null;
  /** 1 where only whole numbers will do. */
  step: number | null;
}

/** A kind of evaluation to pick. */
export interface MethodRow {
  use_kfold: boolean;
  name: string;
  /** What it judges, in a line. */
  judges: string;
}

/** A model to pick. */
export interface ModelRow {
  id: string;
  name: string;
  type: string;
  type_title: string;
  /** Whether models of its type can be evaluated here. */
  evaluable: boolean;
  /** Why not, empty when they can. */
  reason: string;
  /** How its versions can be evaluated. */
  methods: MethodRow[];
  params: ParamRow[];
}

/** What a version was trained on, and what holds where it is evaluated on these very data. */
export interface TrainingData {
  dataset_key: string;
  /** Empty when unknown. */
  dataset_version: string;
  /** As which versions of the dataset these data are chosen, the empty one being the latest; null for any of them, where it is not known which it was. A dataset grows: its other versions are other data. */
  chosen_as: string[] | null;
  /** Whether cross-validation is the default on them; on any other data it is not. */
  use_kfold: boolean;
  /** What to say while the version is to be scored on them. */
  warning: string;
}

/** A row of the versions table. */
export interface VersionRow {
  /** Owner, app, model and version. */
  key: string;
  /** As the trait `model_version` names it. */
  id: string;
  label: string;
  description: string;
  /** ISO 8601, empty when unknown. */
  created_at: string;
  status: string;
  trained: boolean;
  /** Why it cannot be evaluated: not trained, or too few concepts; empty when it can. */
  reason: string;
  /** What may let its evaluations fail, empty when nothing is known to. */
  advice: string;
  concepts: number | null;
  inputs: number | null;
  /** Null when unknown. */
  training_data: TrainingData | null;
}

/** A dataset to evaluate on. */
export interface DatasetRow {
  /** Owner, app and dataset. */
  key: string;
  id: string;
  /** Its app, as the trait `app` names it. */
  app: string;
  name: string;
  inputs: number | null;
  own_app: boolean;
  /** Id of its latest version, empty when unknown. */
  latest_version: string;
}

/** What is chosen in a version's row. */
export interface Choice {
  /** Empty for none. */
  dataset_key: string;
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
  lists: ("apps" | "models" | "versions" | "datasets" | "dataset versions" | "evaluations")[];
}

/** A version of a dataset to pick. */
export interface DatasetVersionRow {
  id: string;
  text: string;
  detail: string;
  /** Why it cannot be picked, empty when it can. */
  off: string;
}

/** Something to know before an evaluation is asked for. */
export interface Remark {
  /** It cannot be; it may fail or mislead; it is good to know. */
  kind: "refusal" | "caution" | "fact";
  /** For which kind of evaluation; empty: both. */
  method: "cross-validation" | "score" | "";
  text: string;
}

/** What is known of an evaluation before it is asked for. */
export interface Preview {
  version_key: string;
  /** The dataset as it was asked for. */
  asked: string;
  /** Its key; as it was asked for where there is no such dataset. */
  dataset_key: string;
  /** As asked for, empty for the latest. */
  dataset_version: string;
  /** The latest as such, then each, those that machines had made last. */
  versions: DatasetVersionRow[];
  /** Whether there are more: the action `more` reads on in the list `dataset versions`. */
  goes_on: boolean;
  /** The gravest first. */
  remarks: Remark[];
}

/** What came of writing proposed labels to the server. */
export interface Written {
  /** The run on screen whose labels they are. */
  run: string;
  /** Whether that still goes on. */
  busy: boolean;
  /** Ids of the inputs whose labels were written. */
  inputs: string[];
  /** Ids of the others, each with the reason. */
  refused: string[];
  /** Why nothing could be written. */
  failure: Failure | null;
}

/** A run as the rows show it. */
export interface RunRow {
  key: string;
  /** The model's app, as the trait `app` names it. */
  app: string;
  /** Id of the model. */
  model: string;
  version_key: string;
  /** What to call the version. */
  version_label: string;
  /** Empty where the server does not say; it may be listed no longer. */
  dataset_key: string;
  /** What to call the dataset, with its app where that is another than the model's; empty where there is none. */
  dataset_name: string;
  /** The same with its version, as soon as it is known. */
  dataset_label: string;
  /** Id of the dataset version evaluated; empty while only "the latest" is known. */
  dataset_version: string;
  /** The kind of evaluation; where the server does not say it, the one that is the default. */
  use_kfold: boolean;
  /** The kind as far as it is known, empty where the server does not say it. */
  method: "cross-validation" | "score" | "";
  method_label: string;
  status: "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";
  fraction: number;
  remaining_seconds: number | null;
  folds_done: number;
  folds: number;
  inputs_done: number;
  inputs: number;
  /** The macro area, the mean of all folds so far where there are folds; None where the server gives none. */
  roc_auc: number | null;
  /** The server's macro figure at threshold 0.5, like precision and recall. */
  f1: number | null;
  precision: number | null;
  recall: number | null;
  error: Failure | null;
  warning: string;
  /** What cancelling it came to: the server ended it and what was counted stays, or it goes on there and nobody asks about it, until Retry does again; empty when it was not cancelled. */
  cancelled: "ended" | "stopped watching" | "";
  /** Whether curves arrive before the run ends. */
  live: boolean;
  /** ISO 8601, empty when unknown. */
  created_at: string;
}

/** An evaluation that is compared with others; the first of them is the one the others are measured against. */
export interface ComparedRow {
  /** Key of its run, or of an evaluation given in Python. */
  run: string;
  /** What was evaluated, or the name given in Python. */
  title: string;
  /** How, on what data. */
  kind_label: string;
  /** Grows with every state of it; 0 until its numbers have been read. */
  revision: number;
  /** Why it cannot be read, empty while it can. */
  failure: string;
}

/** Load what an input is, which stands at an address; the reply's one buffer holds it, text in UTF-8. */
export interface MediaRequest {
  action: "media";
  run: string;
  /** The input's row in the evaluation of that run. */
  row: number;
  /** Its id: another input may stand in that row by now. */
  input: string;
  /** Whether it is looked at alone; else a thumbnail, or the beginning of a text. */
  large: boolean;
}

/** Look up what is known of an evaluation; a dataset named as `owner/app/dataset` or by address is listed then. */
export interface PreviewRequest {
  action: "preview";
  version_key: string;
  dataset_key: string;
  dataset_version: string;
}

/** Look up what speaks against evaluating a version on the latest of a dataset, for the comparison. */
export interface Check {
  action: "check";
  version_key: string;
  dataset_key: string;
}

/** The answer to the message of this id: `ok`, or what went wrong. Binary data come as the message's buffers. */
export interface Reply {
  id: string;
  ok?: true;
  error?: Failure;
  /** How many buffers there are, if any: a page that gets fewer is in a host that drops them, and asks for base64. */
  buffers?: number;
  /** The buffers as text, of a message that asked for them so: by a key `base64` beside its action. */
  base64?: string[];
}

/** Every synced trait: its name, type, default and meaning, once. `python -m tests.widget.contract` makes the traits of the widget (`traits.py`) and the state of the page of it. */
export interface State {
  /** Where the widget is connected: kind, label, user, help; None until Python has found out. */
  connection: ConnectionInfo | null;
  /** The apps to pick from. */
  apps: AppRow[];
  /** The app picked: its id, or `owner/app` where it is not the user's own. */
  app: string;
  /** The models to pick from. */
  models: ModelRow[];
  /** Id of the model picked. */
  model: string;
  /** The rows of the versions table, newest first. */
  versions: VersionRow[];
  /** Id of the version that evaluate() evaluates. */
  model_version: string;
  /** The datasets to pick from, of all apps. */
  datasets: DatasetRow[];
  /** By version key: the dataset, its version and the kind chosen in its row. */
  choices: Record<string, Choice>;
  /** The runs as the rows show them, newest first; sent anew only where runs go, change places, or many change. */
  run_states: RunRow[];
  /** By key, changed since `run_states` was sent: rows that stand before those, or in place of the same one. */
  run_changes: Record<string, RunRow>;
  /** The runs that the server has of other models, newest first, for the leaderboard. */
  other_runs: RunRow[];
  /** What was looked up last of an evaluation, for the dialog. */
  preview: Preview | null;
  /** What was looked up last against a proposed evaluation, for the comparison; without versions to pick. */
  check: Preview | null;
  /** Key of the run on screen, or empty. */
  viewing: string;
  /** Which of the inputs are on screen by themselves, in words; empty for all of them. */
  narrowed: string;
  /** The lists of which the server has more than has been read; the action `more` reads on. */
  more: ("apps" | "models" | "versions" | "datasets" | "dataset versions" | "evaluations")[];
  /** What is being loaded. */
  loading: ("apps" | "models" | "versions" | "datasets" | "evaluations" | "results")[];
  /** What keeps the widget from working, or None. */
  problem: Problem | null;
  /** What follows the threshold, packed: the section `evaluation` and those of the panels that travel with it. */
  results: DataView | ArrayBuffer | Uint8Array | null;
  /** Counts at thresholds that are no slider stops. */
  exact_counts: ExactCounts | null;
  /** The common threshold, in [0, 1]; two-way. */
  threshold: number;
  /** By concept id: its own threshold, where it is not the common one; two-way. */
  thresholds: Record<string, number>;
  /** The concept shown; None is the macro average; two-way. */
  concept: string | null;
  /** Name of the panel whose curves are shown, of those in tabs; two-way. */
  curves: string;
  /** Which of the selections set in Python is listed, counted from 1; 0 for none. */
  chosen: number;
  /** What the plots of curves draw beside the chosen concept's: concepts ticked, folds, bands, zoom; two-way. */
  drawn: Drawn;
  /** What came of writing the labels proposed to the server, last; None before that was confirmed. */
  written: Written | null;
  /** By id of an input marked as mislabelled: the concept ids it should have; two-way. */
  relabels: Record<string, string[]>;
  /** The evaluations compared, the one the others are measured against first; the action `compare` changes them. */
  comparison: ComparedRow[];
  /** Status of the run on screen. */
  status: "idle" | "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";
  /** The part done of the run on screen, 0 to 1. */
  progress: number;
  /** Whether only results are shown, without a server. */
  workbench_only: boolean;
  /** Name of the one panel shown, or empty for the whole page. */
  panel: string;
}

/** Load all lists anew. */
export interface Refresh {
  action: "refresh";
}

/** Show an app's models; another owner's is named as `owner/app` or by a web address. */
export interface SelectApp {
  action: "select_app";
  app: string;
}

/** Show a model's versions. */
export interface SelectModel {
  action: "select_model";
  model: string;
}

/** Read on in a list that is not whole: its next page, or what the server finds in it for some words. */
export interface More {
  action: "more";
  list: "apps" | "models" | "versions" | "datasets" | "dataset versions" | "evaluations";
  /** Empty for the next page. */
  search: string;
}

/** Start an evaluation. */
export interface Calculate {
  action: "calculate";
  version_key: string;
  dataset_key: string;
  dataset_version: string;
  use_kfold: boolean;
  /** Others of the model's parameters, by name; those left out have their defaults. */
  params?: Record<string, unknown>;
}

/** Ask another server from now on, or the same for another account; the token is kept in no trait. */
export interface Connect {
  action: "connect";
  user_id: string;
  pat: string;
  /** Empty: the public one. */
  base_url: string;
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

/** Compare these evaluations, in this order, and no others; those not read yet are read. */
export interface Compare {
  action: "compare";
  runs: string[];
}

/** Evaluate the versions of these runs alike, where that has not been done, and compare those runs instead. */
export interface Match {
  action: "match";
  runs: string[];
  dataset_key: string;
  use_kfold: boolean;
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

/** Give what a panel shows in another form; the reply's one buffer holds it, texts in UTF-8. */
export interface Take {
  action: "take";
  /** A panel's name; empty with the forms of the whole page. */
  panel: string;
  /** Of the whole page: a file of it, or to keep it in the notebook, where the buffer is empty. */
  form: "python" | "csv" | "png" | "svg" | "html" | "keep";
  /** As the panel asks with. */
  params: Record<string, unknown>;
  /** How the page looks at what the panel was sent, as the panel declares it; left out: as on a new page. */
  look?: Record<string, unknown>;
}

/** Nothing but to be answered: where the answer comes from, the kernel will handle what the page asks next. */
export interface Listen {
  action: "listen";
}

/** Show some of the inputs on screen by themselves, or all of them again. */
export interface Narrow {
  action: "narrow";
  /** Key of what is on screen. */
  run: string;
  /** A field of the panel "slices", or "~listed" for the inputs listed; empty for all inputs. */
  by: string;
  /** What the inputs have in that field. */
  value: string;
}

/** Write the labels proposed to the server, once that was confirmed; `written` says what came of it. */
export interface WriteLabels {
  action: "write_labels";
  /** Key of what is on screen. */
  run: string;
  /** The marks that were shown when it was confirmed. */
  relabels: Record<string, string[]>;
}

/** Give the second file: the views that a page does not start with. The reply's one buffer holds it. */
export interface Late {
  action: "late";
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
export interface ConceptFigures {
  id: string;
  name: string;
  num_pos: number;
  num_neg: number;
  /** Of all predictions together, pooled over folds. */
  roc_auc: number | null;
  /** Lower end of its 95 % interval, with folds of the mean over them; None where there is none. */
  roc_auc_low: number | null;
  roc_auc_high: number | null;
  /** Why there is no area, empty when there is one. */
  reason: string;
  /** Why there is no interval, or why not to trust it; empty otherwise. */
  interval_reason: string;
  /** How the interval was had and what it is of, empty where there is none. */
  interval_method: string;
  fold_roc_auc: FoldSpread | null;
}

/** How far concepts differ from one another: a spread apart from that over folds, and mostly the larger. */
export interface ConceptSpread {
  /** Population standard deviation over the concepts of their means over folds; of their areas without folds. */
  std: number | null;
  concepts: number;
}

/** The macro average's area. */
export interface MacroFigures {
  roc_auc: number | null;
  /** Lower end of its 95 % interval; None where there is none. */
  roc_auc_low: number | null;
  roc_auc_high: number | null;
  /** How the interval was had, empty where there is none. */
  interval_method: string;
  averaged: number;
  left_out: string[];
  /** Its mean over concepts and folds, and its standard deviation over folds alone. */
  fold_roc_auc: FoldSpread | null;
  /** Null with fewer than two concepts that have an area. */
  concept_roc_auc: ConceptSpread | null;
}

/** Inputs behind a number. */
export interface InputsBehind {
  /** The concept that is given; None: of all concepts. */
  concept: string | null;
  /** All that the number is of, those given it wrongly or labelled with it, or what its area lacks of 1. */
  outcome: "all" | "fp" | "num_pos" | "roc_auc";
  /** Only inputs labelled with this concept; None for any. */
  labelled: string | null;
  /** What counts as given: a score at or above the threshold, or the highest of the input's scores. */
  given: "threshold" | "highest";
}

/** A few words of the headline. */
export interface HeadlinePart {
  text: string;
  /** Whether this is a figure to see first. */
  emphasis: boolean;
  /** Id of the concept that a click chooses; None where it chooses none. */
  concept: string | null;
  /** Name of the panel that a click leads to, empty for none. */
  panel: string;
  /** The inputs that a click lists; None where it lists none. */
  inputs: InputsBehind | null;
  /** Whether these are the ends of an interval: they have no inputs of their own, and lead to those of its figure. */
  interval: boolean;
}

/** A condition to be careful about, in short; the panel `conditions` says what it means and what to do. */
export interface Caution {
  code: string;
  title: string;
  /** Places of the concepts that it touches; None for all. */
  concepts: number[] | null;
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
  /** Two or three sentences, in parts. */
  headline: HeadlinePart[];
  /** What there is to be careful about, in the order of the codes. */
  cautions: Caution[];
  inputs: number;
  inputs_total: number;
  folds: number[];
  folds_total: number;
  concepts: ConceptFigures[];
  macro: MacroFigures;
  /** The matrices of concepts that can be had of it. */
  matrices: ("count" | "argmax" | "probability" | "cooccurrence" | "platform_probability" | "platform_cooccurrence")[];
  /** The server's own macro figures in a sentence, from "own summary" on; empty where it sent none. */
  platform_summary: string;
  /** Places of the concepts that the common stops do not serve; the panel `stops` has stops of their own. */
  unserved: number[];
  /** Places of the concepts with scores between the common stops; the panel `outline` has what is drawn of these. */
  thinned: number[];
}

/** A condition of the evaluation on screen. */
export interface ConditionTold {
  code: string;
  title: string;
  /** Whether it is a reason to be careful; else it only says how the numbers came about. */
  careful: boolean;
  /** What it is here. */
  detail: string;
  /** What it does to the numbers, as the documentation says it. */
  meaning: string;
  /** What to do about it. */
  advice: string;
  /** The first of the concepts that it touches, by id; empty for all. */
  concepts: string[];
}

/** What would be written for an input, concepts by id. */
export interface LabelChange {
  input_id: string;
  added: string[];
  removed: string[];
}

/** Another evaluation measured against the first, over all concepts of both. */
export interface ComparedOverall {
  /** Of the mean areas; positive when the other is better. */
  difference: number | null;
  /** Lower end of its 95 % interval. */
  low: number | null;
  high: number | null;
  /** Of the paired test, adjusted by Holm where several others are tested; null where there is none. */
  p_value: number | null;
  /** Told apart before the end: after how many inputs; empty once both have ended, or while it is open. */
  decided: string;
  /** Whether that test says, at 5 %, which is better. */
  told_apart: boolean;
  method: string;
  /** How many concepts the means are over. */
  concepts: number;
  /** Why there is no paired test, empty where there is one. */
  refusal: string;
  /** What else is to be known of it, or why it is undefined. */
  reason: string;
  /** Inputs that both have; 0 where they cannot be paired. */
  matched: number;
  /** Inputs that not all have which are compared on the same. */
  left_out: number;
  /** Whether the areas that differ are means over folds. */
  fold_means: boolean;
  /** Further inputs that would tell such a difference, in four cases of five; null where told apart or unknown. */
  more_inputs: number | null;
  /** Inputs that only the first gets right: at the threshold, or by the highest score; null if unpaired. */
  only_first: number | null;
  /** Inputs that only the other gets right. */
  only_other: number | null;
  /** What to be careful about in the numbers of the first. */
  cautions_first: string[];
  /** And in those of the other. */
  cautions_other: string[];
  /** By concept: why it has no difference, interval or test. */
  reasons: Record<string, string>;
}

/** How far a chosen threshold would move with another sample of inputs. */
export interface ThresholdMoves {
  /** At 95 %; null of several concepts, where there is no threshold, and where it cannot be said. */
  threshold_low: number | null;
  threshold_high: number | null;
  /** How the interval was made. */
  threshold_method: string;
  /** Why a threshold has none; empty where it has one, or there is no threshold. */
  threshold_reason: string;
}

/** What a criterion gives: of one concept, or as means over concepts that each have their own threshold. */
export interface ThresholdOffer {
  threshold_low: number | null;
  threshold_high: number | null;
  threshold_method: string;
  threshold_reason: string;
  /** Which criterion: `f1`, `recall`, `recall_guaranteed` and so on. */
  name: string;
  /** The criterion in words, with its bounds. */
  words: string;
  /** The keywords that ask for it in Python. */
  python: string;
  /** What is made best, in a word. */
  objective: string;
  /** What that is at the threshold; null where no threshold qualifies. */
  value: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  fpr: number | null;
  /** For how many concepts there is such a threshold. */
  qualified: number;
  /** The same value on folds that took no part in choosing; null where there is none. */
  honest: number | null;
  /** Standard deviation of that over the folds; null over several concepts. */
  honest_spread: number | null;
  /** Why there is no honest value, empty when there is one. */
  honest_reason: string;
  /** Why no threshold qualifies, and which is nearest; of several concepts, of the first. */
  reason: string;
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
  run_changes: {},
  other_runs: [],
  preview: null,
  check: null,
  viewing: "",
  narrowed: "",
  more: [],
  loading: [],
  problem: null,
  results: null,
  exact_counts: null,
  threshold: 0.5,
  thresholds: {},
  concept: null,
  curves: "roc",
  chosen: 0,
  drawn: {},
  written: null,
  relabels: {},
  comparison: [],
  status: "idle",
  progress: 0,
  workbench_only: false,
  panel: "",
};

/** The outcome that leads to the inputs behind each figure of a concept. */
export const BEHIND = {
  tp: "tp",
  fp: "fp",
  fn: "fn",
  tn: "tn",
  predicted: "predicted",
  num_pos: "num_pos",
  num_neg: "num_neg",
  precision: "fp",
  recall: "fn",
  f1: "errors",
  specificity: "fp",
  fpr: "fp",
  balanced_accuracy: "errors",
  roc_auc: "roc_auc",
  avg_precision: "avg_precision",
} as const;

/** No head, or no parameters. */
export type Nothing = Record<string, never>;

/** How the bands are had. */
export interface BandsHead {
  concept: string;
  /** In words; empty where there is no band, for the reason. */
  roc_method: string;
  sweep_method: string;
  pr_method: string;
  /** Why there is no band of precision–recall; empty when there is one. */
  pr_reason: string;
  /** Why there is no band of the ROC; empty when there is one. */
  reason: string;
}

/** Whose curves. */
export interface BandsParams {
  concept: string;
}

/** How far the scores are from the shares of positives. */
export interface CalibrationHead {
  /** None: the decisions of all concepts, pooled. */
  concept: string | null;
  decisions: number;
  /** Expected calibration error over equally wide bins; null without decisions. */
  error: number | null;
  /** What it would be on average, were these very scores perfectly calibrated; null for inputs in groups, and for several concepts pooled: decisions that depend on one another. */
  expected_error: number | null;
  /** Of the replicates of calibrated scores, the share whose error is at least as large. */
  p_value: number | null;
  /** Equally wide bins that hold a decision. */
  error_bins: number;
  /** What the one of them that adds most adds to the error; null without decisions. */
  largest: number | null;
  /** The lowest score in that bin; null without decisions. */
  largest_from: number | null;
  /** The lowest score in the next that holds a decision; null where none does. */
  largest_below: number | null;
}

/** Whose scores to look at. */
export interface CalibrationParams {
  concept: string | null;
}

/** What each criterion gives. */
export interface ChooseHead {
  /** Null: every concept, each with its own threshold. */
  concept: string | null;
  offers: ThresholdOffer[];
}

/** For which concept, and the bounds, costs and prevalence to choose by. */
export interface ChooseParams {
  /** Null: for every concept its own threshold. */
  concept: string | null;
  recall: number;
  precision: number;
  fpr: number;
  beta: number;
  fp_cost: number;
  fn_cost: number;
  guarantee: number;
  /** Null: the test set's own. */
  prevalence: number | null;
}

/** What is compared. */
export interface CompareHead {
  /** Whose curves; null: the macro average. */
  concept: string | null;
  threshold: number;
  /** Ids of the first evaluation's, in its order. */
  concepts: string[];
  names: string[];
  /** The inputs that curves, areas and tests are of, where each has others, too; 0 where nothing was left out. */
  common: number;
  /** By evaluation, the first one first: the area under the curve drawn, folds pooled; over all the mean over the concepts that every evaluation has. */
  areas: (number | null)[];
  /** By evaluation: the area below the precision–recall curve drawn, over all as the areas. */
  average_precisions: (number | null)[];
  others: ComparedOverall[];
}

/** What to compare with the run asked about. */
export interface CompareParams {
  /** Keys of runs. */
  others: string[];
  /** Their states that the page knows of: of newer ones it asks anew. */
  revisions: number[];
  /** Whose curves, and whose decisions at the threshold; null: over all. */
  concept: string | null;
  threshold: number;
}

/** Which differences the table shows. */
export interface CompareLook {
  /** Key of the other; left out: all of them. */
  against?: string;
  /** Ids of the rows in their order; left out: all, in that of the first. */
  concepts?: string[];
}

/** The areas of the micro average: all decisions of all concepts together. */
export interface ConceptsHead {
  micro_roc_auc: number | null;
  micro_avg_precision: number | null;
  /** Why there are none, empty when there are. */
  micro_reason: string;
  /** Whether the panel `micro` has them: of very many decisions they do not travel. */
  micro_asked: boolean;
}

/** Which rows and columns the table shows. */
export interface ConceptsLook {
  /** Ids of its rows, sorted and filtered; left out: every concept. */
  concepts?: string[];
  /** As the page calls them; left out: as Python shows them on one screen. */
  columns?: string[];
}

/** All of them, in the order of their codes. */
export interface ConditionsHead {
  conditions: ConditionTold[];
}

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

/** Which inputs these are. */
export interface InputsHead {
  concept: string | null;
  outcome: "tp" | "fp" | "fn" | "tn" | "errors" | "predicted" | "num_pos" | "num_neg" | "roc_auc" | "avg_precision" | "all" | "labelled" | "scored" | "better" | "worse" | "differ" | "chosen";
  labelled: string | null;
  threshold: number | null;
  against: string | null;
  low: number | null;
  high: number | null;
  /** Only inputs whose `value` of this field it is; empty for any. */
  by: string;
  value: string;
  /** What the area lacks of 1 among those inputs, of an outcome that is one; else null. */
  lost: number | null;
  sort: "margin" | "score" | "loss";
  total: number;
  /** From 0; the last one where there are fewer than asked for. */
  page: number;
  /** Inputs a full page. */
  size: number;
  ids: string[];
  /** Cut after 2,000 characters. */
  texts: (string | null)[];
  /** What stands at an address and is asked for by itself; null where it is here, or there is nothing. */
  hosted: ("image" | "text" | null)[];
  /** Their rows in the evaluation. */
  rows: number[];
}

/** Which inputs to list. */
export interface InputsParams {
  /** The concept that is given; null: any, or with `against` the one of the highest score. */
  concept: string | null;
  /** True or false positives or negatives of it; either of the false ones; those given it, labelled with it, or not; what an area lacks of 1; all that its figures are of; right here alone, there alone or either; chosen in Python. */
  outcome: "tp" | "fp" | "fn" | "tn" | "errors" | "predicted" | "num_pos" | "num_neg" | "roc_auc" | "avg_precision" | "all" | "labelled" | "scored" | "better" | "worse" | "differ" | "chosen";
  /** Only inputs labelled with this concept; null for any. */
  labelled: string | null;
  /** A score of at least so much gives the concept; null: the highest of the input's scores does. */
  threshold: number | null;
  /** Key of the run whose decisions these are compared with, for `better`, `worse`, `differ`; else null. */
  against: string | null;
  /** Without a concept: those whose threshold is not `threshold`, each with its own. */
  own?: Record<string, number>;
  /** Only inputs that score at least so much for the concept; null or nothing for any. */
  low?: number | null;
  /** Only inputs that score less; null or nothing for any. */
  high?: number | null;
  /** Only inputs whose `value` of this field it is; empty or nothing for any. */
  by?: string;
  value?: string;
  /** Which of those chosen in Python. */
  chosen?: number;
  sort: "margin" | "score" | "loss";
  /** From 0. */
  page: number;
  /** Only this one of the page, from 0, whole: all its text, its image, and the score of every concept. */
  large: number | null;
}

/** What stands in the cells. */
export interface MatrixHead {
  kind: "count" | "argmax" | "probability" | "cooccurrence" | "platform_probability" | "platform_cooccurrence";
  /** What they come from. */
  source: string;
  /** By concept: where the one matrix of counts was counted; null where there is one a stop, or none is needed. */
  thresholds: number[] | null;
  /** How many inputs, or which mean score, a cell has at least: of too many only the strongest travel. 0: all do. */
  least: number;
}

/** Which matrix. */
export interface MatrixParams {
  kind: "count" | "argmax" | "probability" | "cooccurrence" | "platform_probability" | "platform_cooccurrence";
  /** By concept, for counts; null for those at all stops. */
  thresholds: number[] | null;
}

/** As what the cells stand there. */
export interface MatrixLook {
  /** Whether as shares of the row; at first as counts. */
  shares?: boolean;
  /** Whether concepts that are taken for each other stand side by side, as they do at first; else as given. */
  confused?: boolean;
}

/** The areas under the curves. */
export interface MicroHead {
  roc_auc: number | null;
  avg_precision: number | null;
  /** Why there is no ROC, empty when there is one. */
  reason: string;
}

/** Whose curves these are. */
export interface OutlineHead {
  concept: string | null;
}

/** Whose curves to send; None is the macro average. */
export interface OutlineParams {
  concept: string | null;
}

/** The areas under the curves. */
export interface PrecisionRecallHead {
  /** By concept; null where undefined. */
  average_precision: (number | null)[];
  /** By concept: why it is undefined, empty where it is not. */
  reasons: string[];
  /** The mean of the defined ones. */
  macro: number | null;
  /** Over how many concepts that is. */
  averaged: number;
  /** Why no average is drawn, empty when one is. */
  macro_reason: string;
}

/** How many marks apply, and what they change over all. */
export interface RelabelHead {
  /** Inputs of this evaluation for which other labels are proposed than they have. */
  changed: number;
  /** Marked inputs that have the labels proposed already. */
  unchanged: number;
  /** Marked inputs that this evaluation does not have, or whose proposed concepts it does not know. */
  elsewhere: number;
  /** Macro ROC AUC with the labels as they are. */
  before: number | null;
  /** Macro ROC AUC with those proposed. */
  after: number | null;
  /** Of the marks that propose other labels than there are. */
  changes: LabelChange[];
  /** The app that has the inputs, after its owner; empty where nobody knows: nothing can be written there. */
  home: string;
}

/** The marks. */
export interface RelabelParams {
  /** By input id: the concepts it should be labelled with. */
  relabels: Record<string, string[]>;
}

/** What the inputs are sliced by. */
export interface SlicesHead {
  /** Whose figures; null: the macro average. */
  concept: string | null;
  /** What they can be sliced by; none where nothing was sent of them. */
  fields: string[];
  /** What they are sliced by; empty for nothing. */
  by: string;
  /** At which F1 is taken. */
  threshold: number;
  /** What each slice's inputs have in common. */
  values: string[];
  /** How many each slice has. */
  inputs: number[];
  /** Why a slice's figure or interval is undefined; empty where it is not. */
  reasons: string[];
  /** How many inputs have no value, and are in no slice. */
  without: number;
}

/** Which slices, and whose figures. */
export interface SlicesParams {
  /** A field; empty for the first there is. */
  by: string;
  concept: string | null;
  threshold: number;
}

/** Whose stops these are. */
export interface StopsHead {
  concept: string;
}

/** Whose stops to send. */
export interface StopsParams {
  concept: string;
}

/** By panel: its section's head and arrays, and the parameters it is asked for with. */
export interface PanelPayloads {
  evaluation: { head: EvaluationHead; params: Nothing; look: Nothing; arrays: { stops: Float64Array; tps?: Uint32Array; fps?: Uint32Array; tpr?: Float64Array; fpr?: Float64Array; precision?: Float64Array; f1?: Float64Array } };
  bands: { head: BandsHead; params: BandsParams; look: Nothing; arrays: { fpr: Float32Array; at_recall: Float32Array; tpr_low: Float32Array; tpr_high: Float32Array; pr_low: Float32Array; pr_high: Float32Array; precision_low: Float32Array; precision_high: Float32Array; recall_low: Float32Array; recall_high: Float32Array; f1_low: Float32Array; f1_high: Float32Array } };
  calibration: { head: CalibrationHead; params: CalibrationParams; look: Nothing; arrays: { mean_scores: Float64Array; starts: Float64Array; positives: Uint32Array; sizes: Uint32Array; low: Float64Array; high: Float64Array } };
  choose: { head: ChooseHead; params: ChooseParams; look: Nothing; arrays: { thresholds: Float64Array } };
  compare: { head: CompareHead; params: CompareParams; look: CompareLook; arrays: { first: Float64Array; second: Float64Array; difference: Float64Array; low: Float64Array; high: Float64Array; p_value: Float64Array; p_holm: Float64Array; offsets: Uint32Array; fpr: Float32Array; tpr: Float32Array; thresholds: Float64Array; pr_offsets: Uint32Array; recall: Float32Array; precision: Float32Array; pr_thresholds: Float64Array } };
  concepts: { head: ConceptsHead; params: Nothing; look: ConceptsLook; arrays: { avg_precision: Float64Array } };
  conditions: { head: ConditionsHead; params: Nothing; look: Nothing; arrays: Record<string, never> };
  counts: { head: Nothing; params: Nothing; look: Nothing; arrays: Record<string, never> };
  histogram: { head: HistogramHead; params: HistogramParams; look: Nothing; arrays: { edges: Float64Array; positives: Uint32Array; negatives: Uint32Array } };
  inputs: { head: InputsHead; params: InputsParams; look: Nothing; arrays: { label_offsets: Uint32Array; labels: Uint32Array; bar_offsets: Uint32Array; bar_concepts: Uint32Array; bar_scores: Float64Array; margins: Float64Array; losses: Float64Array; folds?: Uint32Array; other_scores?: Float64Array; images?: Uint32Array; image_sizes?: Uint32Array } };
  matrix: { head: MatrixHead; params: MatrixParams; look: MatrixLook; arrays: { order: Uint32Array; labelled: Uint32Array; stops?: Float64Array; cells?: Uint32Array; shared?: Uint32Array; means?: Float64Array; thousandths?: Uint32Array } };
  micro: { head: MicroHead; params: Nothing; look: Nothing; arrays: { roc_fps: Uint32Array; roc_tps: Uint32Array; pr_fps: Uint32Array; pr_tps: Uint32Array } };
  outline: { head: OutlineHead; params: OutlineParams; look: Nothing; arrays: { thresholds: Float64Array; precision: Float32Array; recall: Float32Array; f1: Float32Array } };
  precision_recall: { head: PrecisionRecallHead; params: Nothing; look: Nothing; arrays: { offsets: Uint32Array; macro_recall: Float64Array; macro_precision: Float64Array; fps?: Uint32Array; tps?: Uint32Array; recall?: Float64Array; precision?: Float64Array; fold_offsets?: Uint32Array; fold_recall?: Float32Array; fold_precision?: Float32Array } };
  relabel: { head: RelabelHead; params: RelabelParams; look: Nothing; arrays: Record<string, never> };
  roc: { head: Nothing; params: Nothing; look: Nothing; arrays: { offsets: Uint32Array; macro_fpr: Float64Array; macro_tpr: Float64Array; fps?: Uint32Array; tps?: Uint32Array; fpr?: Float64Array; tpr?: Float64Array; fold_offsets?: Uint32Array; fold_fpr?: Float32Array; fold_tpr?: Float32Array } };
  slices: { head: SlicesHead; params: SlicesParams; look: Nothing; arrays: { roc_auc: Float64Array; low: Float64Array; high: Float64Array; f1: Float64Array } };
  stops: { head: StopsHead; params: StopsParams; look: Nothing; arrays: { stops: Float64Array; tps: Uint32Array; fps: Uint32Array } };
  sweep: { head: Nothing; params: Nothing; look: Nothing; arrays: { fold_f1?: Float32Array } };
}

/** Which panels' sections travel with the results, which show inputs that Python then sees as `selection`, their arrays, and the forms to take them away in. */
export const PANELS = {
  evaluation: { travels: true, selects: false, arrays: { stops: "f8" }, optional: { tps: "u4", fps: "u4", tpr: "f8", fpr: "f8", precision: "f8", f1: "f8" }, forms: [] },
  bands: { travels: false, selects: false, arrays: { fpr: "f4", at_recall: "f4", tpr_low: "f4", tpr_high: "f4", pr_low: "f4", pr_high: "f4", precision_low: "f4", precision_high: "f4", recall_low: "f4", recall_high: "f4", f1_low: "f4", f1_high: "f4" }, optional: {}, forms: [] },
  calibration: { travels: false, selects: false, arrays: { mean_scores: "f8", starts: "f8", positives: "u4", sizes: "u4", low: "f8", high: "f8" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  choose: { travels: false, selects: false, arrays: { thresholds: "f8" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  compare: { travels: false, selects: false, arrays: { first: "f8", second: "f8", difference: "f8", low: "f8", high: "f8", p_value: "f8", p_holm: "f8", offsets: "u4", fpr: "f4", tpr: "f4", thresholds: "f8", pr_offsets: "u4", recall: "f4", precision: "f4", pr_thresholds: "f8" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  concepts: { travels: true, selects: false, arrays: { avg_precision: "f8" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  conditions: { travels: false, selects: false, arrays: {}, optional: {}, forms: ["python", "csv", "png", "svg"] },
  counts: { travels: true, selects: false, arrays: {}, optional: {}, forms: ["python", "csv", "png", "svg"] },
  histogram: { travels: false, selects: false, arrays: { edges: "f8", positives: "u4", negatives: "u4" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  inputs: { travels: false, selects: true, arrays: { label_offsets: "u4", labels: "u4", bar_offsets: "u4", bar_concepts: "u4", bar_scores: "f8", margins: "f8", losses: "f8" }, optional: { folds: "u4", other_scores: "f8", images: "u4", image_sizes: "u4" }, forms: ["python", "csv", "png", "svg"] },
  matrix: { travels: false, selects: false, arrays: { order: "u4", labelled: "u4" }, optional: { stops: "f8", cells: "u4", shared: "u4", means: "f8", thousandths: "u4" }, forms: ["python", "csv", "png", "svg"] },
  micro: { travels: false, selects: false, arrays: { roc_fps: "u4", roc_tps: "u4", pr_fps: "u4", pr_tps: "u4" }, optional: {}, forms: [] },
  outline: { travels: false, selects: false, arrays: { thresholds: "f8", precision: "f4", recall: "f4", f1: "f4" }, optional: {}, forms: [] },
  precision_recall: { travels: false, selects: false, arrays: { offsets: "u4", macro_recall: "f8", macro_precision: "f8" }, optional: { fps: "u4", tps: "u4", recall: "f8", precision: "f8", fold_offsets: "u4", fold_recall: "f4", fold_precision: "f4" }, forms: ["python", "csv", "png", "svg"] },
  relabel: { travels: false, selects: false, arrays: {}, optional: {}, forms: ["python", "csv", "png", "svg"] },
  roc: { travels: true, selects: false, arrays: { offsets: "u4", macro_fpr: "f8", macro_tpr: "f8" }, optional: { fps: "u4", tps: "u4", fpr: "f8", tpr: "f8", fold_offsets: "u4", fold_fpr: "f4", fold_tpr: "f4" }, forms: ["python", "csv", "png", "svg"] },
  slices: { travels: false, selects: false, arrays: { roc_auc: "f8", low: "f8", high: "f8", f1: "f8" }, optional: {}, forms: ["python", "csv", "png", "svg"] },
  stops: { travels: false, selects: false, arrays: { stops: "f8", tps: "u4", fps: "u4" }, optional: {}, forms: [] },
  sweep: { travels: true, selects: false, arrays: {}, optional: { fold_f1: "f4" }, forms: ["python", "csv", "png", "svg"] },
} as const;
