/**
 * What a row of the versions table shows, from traits alone. Pure.
 *
 * Which run stands in a row is decided here and nowhere else. What a version's own training data are, which method is the
 * default there and what to warn of, Python says (`TrainingData`).
 */
import type {
  Choice,
  DatasetRow,
  Failure,
  ModelRow,
  RunRow,
  TrainingData,
  VersionRow,
} from "../wire/contract.generated.ts";
import { isRunning } from "../workbench/run.ts";

/** What stands in for a row in which nothing was chosen, and for fields that an older widget did not write. */
const NO_CHOICE: Choice = { dataset_key: "", dataset_version: "", use_kfold: false };

/** The choice that holds for a version. */
export function choiceOf(choices: Record<string, Choice>, versionKey: string): Choice {
  return { ...NO_CHOICE, ...choices[versionKey] };
}

/** What a choice's kind of evaluation judges, in a line; empty while the model is not listed. */
export function judges(model: ModelRow | undefined, choice: Choice): string {
  return model?.methods?.find(({ use_kfold }) => use_kfold === choice.use_kfold)?.judges ?? "";
}

/** A dataset in one of its versions; an empty version is the latest. */
export type Chosen = Pick<Choice, "dataset_key" | "dataset_version">;

/** The version of a dataset that is meant, empty when that cannot be known. */
function meantVersion(id: string, dataset: DatasetRow | undefined): string {
  return id || (dataset?.latest_version ?? "");
}

/** The training data of a version, where these very data are chosen. */
export function chosenTrainingData({ training_data: own }: VersionRow, chosen: Chosen): TrainingData | null {
  if (own?.dataset_key !== chosen.dataset_key) return null;
  return own.chosen_as?.includes(chosen.dataset_version) === false ? null : own;
}

/** Choice after picking a dataset, by the method that is the default there. */
export function chooseDataset(chosen: Chosen, version: VersionRow): Choice {
  const { dataset_key, dataset_version } = chosen;
  return { dataset_key, dataset_version, use_kfold: chosenTrainingData(version, chosen)?.use_kfold ?? false };
}

/**
 * Whether two ids name one version of a dataset; an empty one is the latest.
 *
 * Where the latest is not known, "the latest" may be any version: a run that has just ended then stays in its row.
 */
function isSameDatasetVersion(one: string, other: string, dataset: DatasetRow | undefined): boolean {
  const [a, b] = [meantVersion(one, dataset), meantVersion(other, dataset)];
  return a === b || a === "" || b === "";
}

/** The newest run of exactly this version, dataset, dataset version and method; `runs` are newest first. */
export function runOf(
  runs: readonly RunRow[],
  versionKey: string,
  choice: Choice,
  dataset: DatasetRow | undefined,
): RunRow | undefined {
  return runs.find(
    (run) =>
      run.version_key === versionKey &&
      run.dataset_key === choice.dataset_key &&
      run.use_kfold === choice.use_kfold &&
      isSameDatasetVersion(run.dataset_version, choice.dataset_version, dataset),
  );
}

/** Why a version cannot be evaluated at all, in two words and in a sentence; null when nothing is known against it. */
export function unfit(version: VersionRow, model: ModelRow | undefined): { short: string; reason: string } | null {
  if (model?.evaluable === false) return { short: "Not evaluated here", reason: model.reason };
  if (version.reason === "") return null;
  return { short: version.trained ? "Too few concepts" : "Not trained", reason: version.reason };
}

/** Why this version cannot be calculated now; empty when it can. */
export function blockedReason(version: VersionRow, choice: Choice, model: ModelRow | undefined): string {
  const never = unfit(version, model);
  if (never) return never.reason;
  return choice.dataset_key === "" ? "Choose an evaluation dataset first." : "";
}

/** Whether a run was ended by somebody: nothing went wrong with it. */
export const wasEnded = (run: RunRow | undefined): boolean => run?.cancelled === "ended";

/** Caution to show beside a choice; what Python says of its run goes first. Empty when there is none. */
export function warningOf(version: VersionRow, choice: Choice, run: RunRow | undefined): string {
  if (run && isRunning(run) && run.cancelled === "stopped watching") {
    return "No longer watched: the server may go on with it. Retry watches it again.";
  }
  if (run?.warning || run?.status === "evaluated") return run.warning;
  if (run === undefined && version.advice) return version.advice;
  return choice.use_kfold ? "" : (chosenTrainingData(version, choice)?.warning ?? "");
}

/** Whether to calculate this is what suggests itself: nothing forbids it, and nothing is to be careful about. */
export const isSuggested = (version: VersionRow, choice: Choice, model: ModelRow | undefined): boolean =>
  blockedReason(version, choice, model) === "" && warningOf(version, choice, undefined) === "";

/** What keeps a run from going on, or its numbers from being read: why it failed, or what its server says; or null. */
export function troubleOf(run: RunRow | undefined): Failure | null {
  return run?.error ?? null;
}

/** Whether a run can be gone on with: one that failed by chance, one whose server stays away, whether it runs or is to be read, one no longer watched. */
export function canRetry(run: RunRow): boolean {
  if (run.status === "failed") return run.error?.retry ?? false;
  return troubleOf(run) !== null || (isRunning(run) && run.cancelled === "stopped watching");
}

/** Whether there is a run to cancel, which nobody has cancelled yet. */
export function canCancel(run: RunRow | undefined): run is RunRow {
  return run !== undefined && isRunning(run) && run.cancelled !== "stopped watching";
}

/** The runs of a version, that of its choice first, then the newest; one is shown as a chip. */
export function runsOf(runs: readonly RunRow[], versionKey: string, first: RunRow | undefined): RunRow[] {
  const others = runs.filter((run) => run.version_key === versionKey && run.key !== first?.key);
  return first ? [first, ...others] : others;
}
