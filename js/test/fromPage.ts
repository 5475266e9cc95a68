/**
 * What the page sends and packs, as files that Python's tests read: `npm run golden` writes them.
 *
 * The messages are those that a session really sends; only their random ids are replaced.
 */
import { writeFileSync } from "node:fs";
import type { Action } from "../src/wire/contract.generated.ts";
import { pack, type Sections } from "../src/wire/payload.ts";
import { narrow } from "../src/workbench/narrow.ts";
import { take } from "../src/workbench/panels/compare/next.ts";
import { start } from "./start.ts";

/** Where golden files lie, seen from `js/`. */
export const WIRE = "../tests/data/wire";

/** A message as it leaves the page. */
export type Message = Action & { id: string };

const version = { key: "ada/apps/model/v1", label: "v1", training_data: null };
const choice = { dataset_key: "ada/apps/d", dataset_version: "dv1", use_kfold: true };
const run = { key: "run-1", version_key: version.key, ...choice, status: "failed" };

/** Every kind of message, each sent by what sends it on the page. */
export function messages(): Message[] {
  const state = { more: ["datasets"], versions: [version], choices: { [version.key]: choice }, run_states: [run] };
  const { model, session, actions, platform, workbench, ending } = start(state);
  const [row] = platform.rows.value;
  if (row === undefined) throw new Error("The version has no row.");
  platform.refresh();
  platform.selectApp("apps");
  platform.selectModel("model");
  platform.more("datasets")?.("reviews");
  platform.calculate(row, { folds: 3 });
  platform.lookUp(row.version, row.choice);
  actions.start("check", { action: "check", version_key: row.version.key, dataset_key: choice.dataset_key });
  platform.connect({ user_id: "ada", pat: "a token", base_url: "" });
  workbench.view("another row", "run-2");
  platform.retry({ ...row, control: "a third row" });
  platform.cancel({ ...row, control: "a fourth row" });
  workbench.compare(["run-1", "run-2"]);
  take(actions, ["run-1", "run-2"], { dataset_key: "ada/apps/d", use_kfold: false, name: "", label: "" });
  session.listen();
  session.late.load();
  narrow(workbench, "fold", "2");
  actions.ask("write_labels", { action: "write_labels", run: "run-1", relabels: { "input 1": ["cat"] } });
  const params = { kind: "argmax", thresholds: null };
  actions.ask("take", {
    action: "take",
    panel: "matrix",
    form: "csv",
    params,
    look: { shares: true, confused: false },
  });
  actions.ask("media", { action: "media", run: "run-1", row: 3, input: "input 4", large: false });
  for (const concept of [null, "Ωμέγα 犬"]) {
    workbench.demand.want({ action: "panel", panel: "histogram", run: "run-1", revision: 3, params: { concept } });
  }
  ending.abort();
  return model.sent.map((message, i) => ({ ...message, id: `message-${i + 1}` }) as Message);
}

const sections: Sections = {
  evaluation: {
    head: {
      title: "Ωμέγα 犬 🐕 <b>",
      kind: "cross-validation",
      kind_label: "",
      complete: false,
      dtype: "float32",
      source: "test_set",
      source_label: "",
      has_counts: true,
      notes: ['a "note"\n'],
      headline: [{ text: "Ωμέγα", emphasis: true, concept: "\ud800 alone", panel: "", inputs: null, interval: false }],
      cautions: [
        { code: "CEW008", title: "unlabelled inputs left out", concepts: null },
        { code: "CEW010", title: "too few to judge", concepts: [0] },
      ],
      inputs: 3,
      inputs_total: 5,
      folds: [1],
      folds_total: 2,
      concepts: [
        {
          id: "\ud800 alone",
          name: "__proto__",
          num_pos: 1,
          num_neg: 2,
          roc_auc: 0.5,
          roc_auc_low: 0.25,
          roc_auc_high: null,
          reason: "",
          interval_reason: "",
          interval_method: "",
          fold_roc_auc: null,
        },
      ],
      macro: {
        roc_auc: null,
        roc_auc_low: null,
        roc_auc_high: null,
        interval_method: "",
        averaged: 0,
        left_out: ["\ud800 alone"],
        fold_roc_auc: { mean: 0.1, std: null, folds: 1 },
        concept_roc_auc: null,
      },
      matrices: ["count", "platform_probability"],
      platform_summary: "",
      unserved: [0],
      thinned: [],
    },
    arrays: {
      stops: Float64Array.of(0, 0.1, 1),
      tps: Uint32Array.of(1, 1, 0),
      fps: Uint32Array.of(2, 4294967295, 0),
    },
  },
  sweep: { head: {}, arrays: { fold_f1: Float32Array.of(0.25, Number.NaN, 0.1) } },
  histogram: {
    head: { concept: null, num_pos: 0, num_neg: 0 },
    arrays: { edges: Float64Array.of(), positives: new Uint32Array(), negatives: new Uint32Array() },
  },
};

/** A payload packed here: every type of array, a NaN, an odd length, an empty array, names that JSON must escape. */
export const packed = (): Uint8Array => pack("run-1/ü", 12, sections);

const TYPES = { Float64Array: "f8", Float32Array: "f4", Uint32Array: "u4" } as const;

/** The same payload in plain JSON; NaN is null. */
export function plain() {
  const array = (values: Float64Array | Float32Array | Uint32Array) => ({
    type: TYPES[values.constructor.name as keyof typeof TYPES],
    values: Array.from(values, (x) => (Number.isNaN(x) ? null : x)),
  });
  const section = ({ head, arrays }: { head: object; arrays: object }) => ({
    head,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, array(values)])),
  });
  const all = Object.entries(sections).map(([name, one]) => [name, section(one)]);
  return { run: "run-1/ü", revision: 12, sections: Object.fromEntries(all) };
}

/** The text of `from_page.json`. */
export const text = (): string => `${JSON.stringify({ messages: messages(), payload: plain() }, null, 1)}\n`;

/** Writes both files. */
export function write(): void {
  writeFileSync(`${WIRE}/from_page.json`, text());
  writeFileSync(`${WIRE}/from_page.bin`, packed());
}
