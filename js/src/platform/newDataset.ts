/** What the dialog of a new dataset says and sends. Pure. */
import type { Choice, ParamRow, Preview, Remark, VersionRow } from "../wire/contract.generated.ts";
import type { Chosen } from "./rows.ts";

/** What was looked up, where it is about this. */
export function previewOf(preview: Preview | null, version: VersionRow, chosen: Chosen): Preview | null {
  const same =
    preview?.version_key === version.key &&
    preview.dataset_key === chosen.dataset_key &&
    preview.dataset_version === chosen.dataset_version;
  return same ? preview : null;
}

/** What there is to know of a choice before it is asked for, the gravest first. */
export function remarksOn(found: Preview | null, { use_kfold }: Choice): Remark[] {
  const other = use_kfold ? "score" : "cross-validation";
  return found?.remarks.filter(({ method }) => method !== other) ?? [];
}

/** A parameter's name as the label of a field: "folds" is "Folds", "num_gpus" is "Num gpus". */
export const paramLabel = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll("_", " ");

/** What was typed for a parameter, or how it stands by default. */
export const paramText = ({ name, default: usual }: ParamRow, typed: Readonly<Record<string, string>>): string =>
  typed[name] ?? String(usual ?? "");

/** The numbers that a parameter may be, in words. */
function numbersMeant({ least, most, step }: ParamRow): string {
  const kind = step === 1 ? "a whole number" : "a number";
  if (least !== null && most !== null) return `${kind} from ${least} to ${most}`;
  if (least !== null) return `${kind} of at least ${least}`;
  return most === null ? kind : `${kind} of at most ${most}`;
}

/** What keeps a parameter from being sent as it was typed; empty when nothing does. */
export function paramProblem(param: ParamRow, typed: string): string {
  const text = typed.trim();
  const { name, kind, least, most, step } = param;
  if (kind === "yes or no") {
    return /^(true|false)$/i.test(text) ? "" : `${paramLabel(name)} must be true or false.`;
  }
  if (kind === "text") return "";
  const value = Number(text || Number.NaN);
  const isMeant =
    Number.isFinite(value) && value >= (least ?? value) && value <= (most ?? value) && (step !== 1 || value % 1 === 0);
  return isMeant ? "" : `${paramLabel(name)} must be ${numbersMeant(param)}.`;
}

/** Whether a parameter stands as it does by default. */
function isAsByDefault({ kind, default: usual }: ParamRow, typed: string): boolean {
  const text = typed.trim();
  return (kind === "yes or no" ? text.toLowerCase() : text) === String(usual ?? "");
}

/** What is wrong with what was typed, a sentence each. */
export function paramProblems(params: readonly ParamRow[], typed: Readonly<Record<string, string>>): string[] {
  const changed = params.filter((param) => !isAsByDefault(param, paramText(param, typed)));
  return changed.map((param) => paramProblem(param, paramText(param, typed))).filter(Boolean);
}

/** The parameters that are not as by default, read from what was typed; null where one cannot be meant. */
export function paramsOf(
  params: readonly ParamRow[],
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> | null {
  if (paramProblems(params, typed).length > 0) return null;
  const given: Record<string, unknown> = {};
  for (const param of params) {
    const text = paramText(param, typed).trim();
    if (isAsByDefault(param, text)) continue;
    const { name, kind } = param;
    given[name] = kind === "number" ? Number(text) : kind === "text" ? text : text.toLowerCase() === "true";
  }
  return given;
}
