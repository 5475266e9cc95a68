/** What the dialog of a new dataset asks and says. Pure. */
import type { Option } from "../parts/choosing.ts";
import { count, plural, shortId, when } from "../parts/format.ts";
import type { AppRow, Choice, DatasetRow, ParamRow, Preview, Remark, VersionRow } from "../wire/contract.ts";
import { type Chosen, chosenTrainingData } from "./rows.ts";

/** The two kinds of evaluation, each with what it judges in one line. */
export const METHODS = [
  {
    use_kfold: false,
    name: "Score this version",
    judges: "The trained version predicts these inputs: how good it is on them, as it stands.",
  },
  {
    use_kfold: true,
    name: "Cross-validate",
    judges:
      "New heads are trained on parts of these data and predict the rest: how good the recipe is, not this version.",
  },
] as const;

/** The apps that have datasets, this one first. */
export function appOptions(datasets: readonly DatasetRow[], apps: readonly AppRow[]): Option[] {
  const ids = [...new Set([...datasets.filter((one) => one.own_app), ...datasets].map(({ app_id }) => app_id))];
  const own = datasets.find((one) => one.own_app)?.app_id;
  return ids.map((id) => ({
    value: id,
    text: apps.find((app) => app.id === id)?.name || id,
    detail: id === own ? "this app" : "",
  }));
}

/** The datasets of an app. */
export function datasetsOf(datasets: readonly DatasetRow[], app: string): Option[] {
  return datasets
    .filter(({ app_id }) => app_id === app)
    .map(({ key, name, id, inputs }) => ({
      value: key,
      text: name || id,
      detail: inputs === null ? "" : plural(inputs, "input"),
    }));
}

/** What had a version made, in words; empty for a person. */
const MADE_FOR = { "": "", training: "made for a training", evaluation: "made for an evaluation" } as const;

/** The versions of a dataset: the latest, whichever that is, then each; those that machines made come last. */
export function versionOptions(preview: Preview | null, dataset: DatasetRow | undefined): Option[] {
  const latest = dataset?.latest_version ?? "";
  const rows = preview?.dataset_key === dataset?.key ? (preview?.versions ?? []) : [];
  const sorted = [...rows.filter((row) => row.made_for === ""), ...rows.filter((row) => row.made_for !== "")];
  const each = sorted.map((row): Option => {
    const known = [
      row.id === latest ? "the latest" : "",
      row.inputs === null ? "" : `${count(row.inputs)} inputs`,
      when(row.created_at)?.relative ?? "",
      MADE_FOR[row.made_for],
    ];
    const option = { value: row.id, text: shortId(row.id), detail: known.filter(Boolean).join(" · ") };
    return row.ready ? option : { ...option, off: "not ready" };
  });
  return [{ value: "", text: latest ? `Latest (${shortId(latest)})` : "Latest" }, ...each];
}

/** Whether what was looked up is about this. */
export function isAbout(preview: Preview | null, version: VersionRow, chosen: Chosen): preview is Preview {
  return (
    preview?.version_key === version.key &&
    preview.dataset_key === chosen.dataset_key &&
    preview.dataset_version === chosen.dataset_version
  );
}

/** What there is to know of a choice before it is asked for, the gravest first. */
export function remarksOn(preview: Preview | null, version: VersionRow, choice: Choice): Remark[] {
  const method = choice.use_kfold ? "cross-validation" : "score";
  const own = choice.use_kfold ? "" : (chosenTrainingData(version, choice)?.warning ?? "");
  const found: Remark[] = isAbout(preview, version, choice) ? preview.remarks : [];
  const all: Remark[] = [...(own ? [{ kind: "caution", method: "score", text: own } as const] : []), ...found];
  const gravity = { refusal: 0, caution: 1, fact: 2 };
  return all
    .filter((one) => one.method === "" || one.method === method)
    .sort((a, b) => gravity[a.kind] - gravity[b.kind]);
}

/** The parameters that are not as by default, read from what was typed; null where one cannot be read. */
export function paramsOf(
  params: readonly ParamRow[],
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> | null {
  const given: Record<string, unknown> = {};
  for (const { name, kind, default: usual } of params) {
    const text = typed[name];
    if (text === undefined || text === String(usual ?? "")) continue;
    const value = kind === "number" ? Number(text) : kind === "yes or no" ? text === "true" : text;
    if (kind === "number" && (text.trim() === "" || !Number.isFinite(value))) return null;
    given[name] = value;
  }
  return given;
}
