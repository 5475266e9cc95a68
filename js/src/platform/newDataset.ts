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

/** The parameters that are not as by default, read from what was typed; null where one cannot be read. */
export function paramsOf(
  params: readonly ParamRow[],
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> | null {
  const given: Record<string, unknown> = {};
  for (const { name, kind, default: usual } of params) {
    const text = typed[name]?.trim();
    if (text === undefined || text === String(usual ?? "")) continue;
    given[name] = kind === "number" ? Number(text || Number.NaN) : kind === "text" ? text : text === "true";
    if (Number.isNaN(given[name])) return null;
  }
  return given;
}
