/**
 * What crosses between Python and the browser; mirror of `clarifai_eval_widget/_widget/protocol.py`.
 *
 * Knows nobody. State travels in traits, actions in messages; the evaluation's numbers travel in one binary trait,
 * `curves`: `uint32 headerLength | header JSON | zero padding to a multiple of 8 | arrays`, all little endian.
 */

export const PROTOCOL = 1;

export interface Connection {
  kind: "local" | "platform" | "none";
  label: string;
  user: string;
  /** How to connect to something else, for a disclosure. */
  help: string;
}

export interface AppEntry {
  id: string;
  name: string;
}

export interface ModelEntry {
  id: string;
  name: string;
  type: string;
  type_title: string;
  cross_validation: boolean;
  cross_validation_reason: string;
}

export interface VersionEntry {
  id: string;
  label: string;
  description?: string;
  /** ISO 8601, empty when unknown. */
  created_at: string;
  status: string;
  trained: boolean;
  concepts: number | null;
  inputs: number | null;
  /** Key of the dataset it was trained on, empty when unknown. */
  training_dataset: string;
}

export interface DatasetEntry {
  key: string;
  id: string;
  app_id: string;
  name: string;
  inputs: number | null;
  own_app: boolean;
}

export interface Choice {
  dataset: string;
  use_kfold: boolean;
}

export interface Problem {
  title: string;
  message: string;
  details: string;
  action: "refresh" | "";
}

export interface Failure {
  code: number | string | null;
  title: string;
  message: string;
  details: string;
  req_id: string;
}

export type RunStatus = "queued" | "evaluating" | "evaluated" | "failed" | "reconnecting";

export interface RunEntry {
  key: string;
  version: string;
  dataset: string;
  use_kfold: boolean;
  status: RunStatus;
  fraction: number;
  remaining_seconds: number | null;
  folds_done: number;
  folds: number;
  inputs_done: number;
  inputs: number;
  roc_auc: number | null;
  error: (Failure & { retry: boolean }) | null;
  warning: string;
  /** Whether curves arrive before the run ends. */
  live: boolean;
  created_at: string;
}

/** Counts at a threshold set from Python that is not one of the stops. */
export interface ExactStop {
  run: string;
  revision: number;
  threshold: number;
  tps: number[];
  fps: number[];
}

export type Loading = "apps" | "models" | "versions" | "datasets" | "results";

/** Every trait by name, with what stands in for it until Python sets it. */
export interface Traits {
  /** Empty until Python has found out. */
  connection: Partial<Connection> | null;
  apps: AppEntry[];
  app: string;
  models: ModelEntry[];
  model: string;
  versions: VersionEntry[];
  datasets: DatasetEntry[];
  choices: Record<string, Choice>;
  /** Newest first. */
  run_states: RunEntry[];
  viewing: string;
  loading: Loading[];
  problem: Problem | null;
  curves: DataView | ArrayBuffer | Uint8Array | null;
  exact_stop: ExactStop | null;
  threshold: number;
  concept: string | null;
  workbench_only: boolean;
}

export type Action =
  | { action: "select_app"; app: string }
  | { action: "select_model"; model: string }
  | { action: "calculate"; version: string; dataset: string; use_kfold: boolean }
  | { action: "view"; run: string }
  | { action: "retry"; run: string }
  | { action: "refresh" };

export type Reply = { id: string; ok: true } | { id: string; error: Failure };

/** Mean and population standard deviation over folds, null when no fold defines a value. */
export interface FoldSummary {
  mean: number | null;
  std: number | null;
  folds: number;
}

export interface ConceptHeader {
  id: string;
  name: string;
  num_pos: number;
  num_neg: number;
  roc_auc: number | null;
  /** Why there is no AUC, empty when there is one. */
  reason: string;
  fold_roc_auc: FoldSummary | null;
}

export interface MacroHeader {
  roc_auc: number | null;
  averaged: number;
  left_out: string[];
  fold_roc_auc: FoldSummary | null;
}

export interface CurvesHeader {
  protocol: number;
  run: string;
  revision: number;
  title: string;
  kind: "cross-validation" | "score" | "scores";
  kind_label: string;
  complete: boolean;
  dtype: "float32" | "float64";
  source: "test_set" | "platform_curves" | "scores";
  source_label: string;
  notes: string[];
  inputs: number;
  inputs_total: number;
  folds: number[];
  folds_total: number;
  concepts: ConceptHeader[];
  macro: MacroHeader;
  arrays: Record<string, { type: "f8" | "f4" | "u4"; offset: number; length: number }>;
}

/** Numbers of an evaluation; K concepts, S stops, index K stands for the macro average. */
export interface Curves extends CurvesHeader {
  /** Thresholds at which the slider may stop, ascending; length S. */
  stops: Float64Array;
  /** Counts at score >= stop, concept-major, length K·S; null when only the platform's curves are known. */
  counts: { tps: Uint32Array; fps: Uint32Array } | null;
  /** Rates at the stops, length K·S, NaN undefined; null when there are counts. */
  rates: { tpr: Float64Array; fpr: Float64Array; precision: Float64Array } | null;
  /** Vertices of each concept's pooled ROC, as counts or, from the platform's curves, as rates. */
  roc: { offsets: Uint32Array; x: Uint32Array | Float64Array; y: Uint32Array | Float64Array };
  macroRoc: { fpr: Float64Array; tpr: Float64Array };
  /** Each fold's ROC by concept then macro: entry f·(K+1)+k. */
  foldRoc: { offsets: Uint32Array; fpr: Float32Array; tpr: Float32Array } | null;
  /** F1 of each fold at 0, 0.01 … 1, NaN undefined; row f·(K+1)+k. */
  foldF1: Float32Array | null;
}

/** Raised when the binary trait is not what this bundle reads; says what differs. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

type Arrays = (name: string) => Float64Array | Float32Array | Uint32Array | null;

/** The bytes of `value` wherever they lie in their buffer; null when there is nothing yet. */
function bytesOf(value: Traits["curves"]): Uint8Array | null {
  if (value === null || value === undefined || value.byteLength === 0) return null;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function arrayReader(header: CurvesHeader, bytes: Uint8Array, start: number): Arrays {
  // Typed arrays need aligned offsets, and a comm may hand out its buffer at any offset: one copy puts that right.
  const aligned = (bytes.byteOffset + start) % 8 === 0 ? bytes.subarray(start) : bytes.slice(start);
  return (name) => {
    const entry = header.arrays[name];
    if (entry === undefined) return null;
    const size = entry.type === "f8" ? 8 : 4;
    const end = entry.offset + entry.length * size;
    if (entry.offset % size !== 0 || end > aligned.byteLength) {
      throw new ProtocolError(
        `Array "${name}" ends at byte ${end} of ${aligned.byteLength}; the curves are cut short.`,
      );
    }
    const at = aligned.byteOffset + entry.offset;
    if (entry.type === "f8") return new Float64Array(aligned.buffer, at, entry.length);
    if (entry.type === "f4") return new Float32Array(aligned.buffer, at, entry.length);
    return new Uint32Array(aligned.buffer, at, entry.length);
  };
}

function need<T>(value: T | null, name: string): T {
  if (value === null) throw new ProtocolError(`The curves hold no array "${name}".`);
  return value;
}

function assemble(header: CurvesHeader, read: Arrays): Curves {
  const f8 = (name: string) => need(read(name), name) as Float64Array;
  const f4 = (name: string) => need(read(name), name) as Float32Array;
  const u4 = (name: string) => need(read(name), name) as Uint32Array;
  const onlyRates = header.source === "platform_curves";
  const hasFolds = header.folds.length > 0 && header.arrays.fold_offsets !== undefined;
  return {
    ...header,
    stops: f8("stops"),
    counts: onlyRates ? null : { tps: u4("tps"), fps: u4("fps") },
    rates: onlyRates ? { tpr: f8("rate_tpr"), fpr: f8("rate_fpr"), precision: f8("rate_precision") } : null,
    roc: onlyRates
      ? { offsets: u4("roc_rate_offsets"), x: f8("roc_rate_fpr"), y: f8("roc_rate_tpr") }
      : { offsets: u4("roc_offsets"), x: u4("roc_fps"), y: u4("roc_tps") },
    macroRoc: { fpr: f8("macro_fpr"), tpr: f8("macro_tpr") },
    foldRoc: hasFolds ? { offsets: u4("fold_offsets"), fpr: f4("fold_fpr"), tpr: f4("fold_tpr") } : null,
    foldF1: hasFolds && header.arrays.fold_f1 !== undefined ? f4("fold_f1") : null,
  };
}

/** Reads the trait `curves`; null when it is empty. Arrays are views into the given memory wherever it is aligned. */
export function decodeCurves(value: Traits["curves"]): Curves | null {
  const bytes = bytesOf(value);
  if (bytes === null) return null;
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (4 + headerLength > bytes.byteLength) {
    throw new ProtocolError(`The header says ${headerLength} bytes and only ${bytes.byteLength - 4} came.`);
  }
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength))) as CurvesHeader;
  if (header.protocol !== PROTOCOL) {
    throw new ProtocolError(
      `Python speaks protocol ${header.protocol} and this page ${PROTOCOL}: reload the page after an upgrade.`,
    );
  }
  const start = Math.ceil((4 + headerLength) / 8) * 8;
  return assemble(header, arrayReader(header, bytes, start));
}
