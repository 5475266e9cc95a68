/**
 * Harness page: the real bundle on a fake model, no kernel. `npm run dev`, then open build/dev/index.html with
 * ?state=idle|running|away|done|failed|platform|busy|problem|workbench|big|golden &theme=light|dark|jp-light|jp-dark &width=700
 * &concepts=1000 (of big) &host=file &panels=fail &open=1 &views=2. The panels of "golden" are those that Python packed for
 * the tests; of the others, whose numbers are made up, only the histogram is known.
 */
import golden from "golden:all";
import createWidget, { openFile } from "../src/widget.ts";
import type { Calculate, PanelRequest, RunRow, State, TrainingData } from "../src/wire/contract.generated.ts";
import { pack, type SectionName, type Sections, unpack } from "../src/wire/payload.ts";
import { FakeModel } from "./fakeModel.ts";
import { encodeEvaluation, encodeHistogram, randomConcept, randomSource, type Scored } from "./fixture.ts";

const query = new URLSearchParams(location.search);
const state = query.get("state") ?? "idle";
const random = randomSource(7);
const big = state === "big";
const HOW_MANY = Number(query.get("concepts") ?? 100);
const names = big
  ? Array.from({ length: HOW_MANY }, (_, i) => `concept ${i + 1}`)
  : [
      "Czech",
      "Danish",
      "German",
      "English",
      "Spanish",
      "Finnish",
      "French",
      "Italian",
      "Dutch",
      "Polish",
      "Portuguese",
      "Swedish",
    ];
const data: Record<string, Scored> = Object.fromEntries(
  names.map((name, i) => [
    name,
    randomConcept(
      random,
      big ? Math.min(4000, 400_000 / HOW_MANY) : 4854,
      0.06 + 0.02 * (i % 6),
      0.45 + 0.06 * (i % 5),
    ),
  ]),
);
const FOLDS = 5;
const made = new Map<number, DataView>();
const curvesAfter = (folds: number, run: string) => {
  const cached = made.get(folds);
  if (cached) return cached;
  const done = Array.from({ length: folds }, (_, i) => i + 1);
  const view = encodeEvaluation(data, {
    run,
    revision: folds,
    folds: done,
    foldsTotal: FOLDS,
    stops: big ? 1000 : 400,
  });
  made.set(folds, view);
  return view;
};

const minutesAgo = (m: number) => new Date(Date.now() - m * 60_000).toISOString();
const trainedOn = (dataset_key: string): TrainingData => ({
  dataset_key,
  dataset_version: "",
  chosen_as: null,
  use_kfold: true,
  warning: "The model was trained on the inputs it is judged on.",
});
const run = (changes: Partial<RunRow>): RunRow => ({
  key: "run-1",
  version_key: "v3",
  app: "languages",
  model: "languages",
  version_label: "all-inputs",
  f1: 0.61,
  precision: 0.7,
  recall: 0.58,
  dataset_label: "language-names",
  method_label: "cross-validated",
  dataset_key: "languages/language-names",
  dataset_name: "language-names",
  dataset_version: "",
  use_kfold: true,
  method: "cross-validation",
  status: "evaluated",
  fraction: 1,
  remaining_seconds: null,
  folds_done: FOLDS,
  folds: FOLDS,
  inputs_done: 4854,
  inputs: 4854,
  roc_auc: 0.8532,
  error: null,
  warning: "",
  cancelled: "",
  live: true,
  created_at: minutesAgo(1),
  ...changes,
});

const base: Partial<State> = {
  connection: {
    kind: "local",
    label: "Local server",
    user: "me",
    help: "Everything runs on this machine. To use your Clarifai account, set CLARIFAI_PAT and run EvalWidget() again.",
  },
  apps: [
    { id: "languages", name: "languages", owner: "" },
    { id: "digits", name: "digits", owner: "" },
  ],
  app: "languages",
  models: [
    {
      id: "languages",
      name: "name-languages",
      type: "text-classifier",
      type_title: "Text classifier",
      evaluable: true,
      reason: "",
      methods: [
        { use_kfold: false, name: "Score this version", judges: "This very version." },
        { use_kfold: true, name: "Cross-validate", judges: "The recipe." },
      ],
      params: [
        {
          name: "folds",
          kind: "number",
          default: 5,
          description: "Number of parts, from 2 to 20.",
          least: 2,
          most: 20,
          step: 1,
        },
      ],
    },
    {
      id: "embed",
      name: "name-embeddings",
      type: "embedding-classifier",
      type_title: "Embedding classifier",
      evaluable: true,
      reason: "",
      methods: [
        { use_kfold: false, name: "Score this version", judges: "This very version." },
        { use_kfold: true, name: "Cross-validate", judges: "The recipe." },
      ],
      params: [],
    },
  ],
  model: "languages",
  versions: [
    {
      key: "v4",
      id: "v4",
      label: "few-inputs",
      created_at: minutesAgo(1),
      status: "Trained",
      trained: true,
      reason: "",
      advice: "",
      concepts: 12,
      inputs: 96,
      training_data: trainedOn("languages/few"),
      description: "",
    },
    {
      key: "v3",
      id: "v3",
      label: "all-inputs",
      created_at: minutesAgo(3),
      status: "Trained",
      trained: true,
      reason: "",
      advice: "",
      concepts: 12,
      inputs: 4854,
      training_data: trainedOn("languages/language-names"),
      description: "",
    },
    {
      key: "v2",
      id: "v2",
      label: "half",
      created_at: minutesAgo(60 * 26),
      status: "Trained",
      trained: true,
      reason: "",
      advice: "",
      concepts: 12,
      inputs: 2427,
      training_data: trainedOn("languages/language-names"),
      description: "",
    },
    {
      key: "v1",
      id: "v1",
      label: "first-try",
      created_at: "",
      status: "Training failed",
      trained: false,
      reason: "",
      advice: "",
      concepts: 1,
      inputs: 9,
      training_data: null,
      description: "",
    },
  ],
  datasets: [
    {
      key: "languages/language-names",
      id: "language-names",
      app: "languages",
      name: "language-names",
      inputs: 4854,
      own_app: true,
      latest_version: "",
    },
    {
      key: "languages/few",
      id: "few",
      app: "languages",
      name: "language-names-few",
      inputs: 96,
      own_app: true,
      latest_version: "",
    },
    {
      key: "world/territory-names",
      id: "territory-names",
      app: "world",
      name: "territory-names",
      inputs: 1803,
      own_app: false,
      latest_version: "",
    },
    {
      key: "world/currency-names",
      id: "currency-names",
      app: "world",
      name: "currency-names",
      inputs: 1622,
      own_app: false,
      latest_version: "",
    },
  ],
  other_runs: Array.from({ length: 3 }, (_, i) =>
    run({
      key: `other-${i}`,
      app: "world",
      model: "places",
      version_key: `p${i}`,
      version_label: `v${i + 1}`,
      dataset_key: "world/territory-names",
      dataset_name: "territory-names (app world)",
      use_kfold: false,
      method: "score",
      roc_auc: 0.7 + i / 20,
      created_at: "",
    }),
  ),
  choices: {
    v4: { dataset_key: "languages/few", dataset_version: "", use_kfold: true },
    v3: { dataset_key: "languages/language-names", dataset_version: "", use_kfold: true },
    v2: { dataset_key: "languages/language-names", dataset_version: "", use_kfold: false },
  },
  threshold: 0.5,
  model_version: "v3",
};

const running = (folds: number) =>
  run({
    status: "evaluating",
    fraction: folds / FOLDS,
    folds_done: folds,
    remaining_seconds: 4.2,
    roc_auc: folds ? 0.84 : null,
  });
const failure = run({
  key: "run-0",
  version_key: "v4",
  dataset_key: "languages/few",
  status: "failed",
  roc_auc: null,
  error: {
    code: 21316,
    title: "Not enough inputs to evaluate",
    message: "An evaluation needs at least 10 inputs a concept; “Czech” has 6 and “Danish” has 8.",
    details: "Add inputs to the dataset language-names-few, or choose another evaluation dataset.",
    req_id: "5f2c6a1e0b",
    retry: true,
  },
});
const away: RunRow["error"] = {
  code: 0,
  title: "The server does not answer",
  message: "127.0.0.1:43211 has not answered for 12 s; the evaluation goes on when it does.",
  details: "",
  req_id: "",
  retry: true,
};
const states: Record<string, () => Partial<State>> = {
  idle: () => ({}),
  running: () => ({ run_states: [running(3)], viewing: "run-1", results: curvesAfter(3, "run-1") }),
  away: () => ({
    run_states: [{ ...running(3), status: "reconnecting", error: away }],
    viewing: "run-1",
    results: curvesAfter(3, "run-1"),
  }),
  first: () => ({ run_states: [running(0)], viewing: "run-1" }),
  done: () => ({
    run_states: [
      run({}),
      run({
        key: "run-2",
        dataset_key: "world/territory-names",
        use_kfold: false,
        roc_auc: 0.676,
        created_at: minutesAgo(70),
      }),
      run({
        key: "run-3",
        version_key: "v4",
        dataset_key: "languages/few",
        status: "failed",
        error: failure.error,
        roc_auc: null,
      }),
    ],
    viewing: "run-1",
    results: curvesAfter(5, "run-1"),
    concept: query.get("concept"),
  }),
  failed: () => ({ run_states: [failure], viewing: "run-0" }),
  platform: () => ({
    connection: { kind: "platform", label: "api.clarifai.com", user: "ada", help: "Found in CLARIFAI_PAT." },
    run_states: [running(0)].map((r) => ({ ...r, live: false, fraction: 0.4, folds: 0, inputs: 0 })),
    viewing: "run-1",
  }),
  problem: () => ({
    versions: [],
    problem: {
      code: 0,
      req_id: "",
      retry: true,
      title: "The server does not answer",
      message: "127.0.0.1:43211 refused the connection: the local server was stopped.",
      details: "Run the cell again to start a new one.",
      action: "refresh",
      lists: [],
    },
  }),
  embedding: () => ({ model: "embed" }),
  workbench: () => ({ workbench_only: true, results: encodeEvaluation(data, { title: "12 concepts, from scores" }) }),
  big: () => ({ run_states: [run({})], viewing: "run-1", results: curvesAfter(5, "run-1") }),
  busy: () => ({}),
  golden: () => ({ workbench_only: true, results: golden.cross_validated as Uint8Array }),
};

const shown: Partial<State> = { ...base, ...states[state]?.() };
const model = new FakeModel({ ...shown });

function evaluate(changes: Partial<RunRow>, folds = 0): void {
  const others = (model.get("run_states") as RunRow[] | undefined) ?? [];
  const key = changes.key as string;
  const done = folds === FOLDS;
  const now = done ? run({ ...changes }) : { ...running(folds), ...changes };
  model.receive({ run_states: [now, ...others.filter((r) => r.key !== key)], viewing: key });
  if (folds > 0) {
    made.clear();
    model.receive({ results: curvesAfter(folds, key) });
  }
  if (!done) setTimeout(() => evaluate(changes, folds + 1), 900);
}

model.onSend = (message) => {
  if (state === "busy") return;
  setTimeout(() => {
    const asked = message as unknown as PanelRequest;
    const data = message.action === "panel" ? panelFor(asked) : null;
    const refused = message.action === "panel" && (query.get("panels") === "fail" || data === null);
    if (message.action === "late") {
      late().then((text) => model.reply({ id: message.id, ok: true }, [new TextEncoder().encode(text)]));
      return;
    }
    const error = {
      code: 0,
      title: "The scores could not be read",
      message: data ? "Try again." : "Nobody made up data for this panel: ?state=golden has what Python packed.",
      details: "",
      req_id: "",
      retry: true,
    };
    model.reply(refused ? { id: message.id, error } : { id: message.id, ok: true }, data ? [data] : []);
    if (message.action === "select_model") model.receive({ model: message.model });
    if (message.action === "view") model.receive({ viewing: message.run });
    if (message.action !== "calculate") return;
    const { version_key, dataset_key, use_kfold } = message as unknown as Calculate;
    evaluate({ key: `run-${Date.now()}`, version_key, dataset_key, use_kfold });
  }, 30);
};

/** What a panel asks for, as far as it is known here. */
function panelFor(asked: PanelRequest): Uint8Array | null {
  if (state === "golden") return goldenFor(asked);
  return asked.panel === "histogram" ? histogramFor(asked) : null;
}

/** The payload that Python packed of a panel; of several, that of the evaluation on screen by its usual name. */
function goldenFor({ panel, run, revision }: PanelRequest): Uint8Array | null {
  const name = panel as SectionName;
  const named = Object.keys(golden).filter((one) => one.startsWith(`${panel}_`));
  const chosen = named.find((one) => /_(one|cell|stops|counted)$/.test(one)) ?? named[0];
  const section = chosen === undefined ? undefined : unpack(golden[chosen])?.section(name);
  return section ? pack(run, revision, { [name]: section } as Sections) : null;
}

function histogramFor({ run, revision, params }: Pick<PanelRequest, "run" | "revision" | "params">): Uint8Array {
  return encodeHistogram(data, params.concept as string | null, run, revision);
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The second file, built beside this one. */
const late = async () => (await fetch("late.js")).text();

/** The same page without a kernel: state and the panels' payloads baked in. */
function showFile(el: HTMLElement): void {
  const { results, ...rest } = shown;
  const view = results as DataView;
  const question = { panel: "histogram", run: "run-1", revision: FOLDS };
  const baked = {
    state: rest,
    results: base64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)),
    payloads: [null, ...names].map((concept) => {
      const asked = { ...question, params: { concept } };
      return { ...asked, data: base64(histogramFor(asked)) };
    }),
  };
  openFile(el, baked, late);
}

const theme = query.get("theme") ?? "light";
if (theme.startsWith("jp-")) document.body.dataset.jpThemeLight = String(theme === "jp-light");
document.documentElement.style.colorScheme = theme.endsWith("dark") ? "dark" : "light";
const width = query.get("width");
const widget = createWidget();
widget.initialize({ model });
for (let view = 0; view < Number(query.get("views") ?? 1); view++) {
  const el = document.createElement("div");
  if (width) el.style.width = `${width}px`;
  document.body.append(el);
  if (query.get("host") === "file") showFile(el);
  else widget.render({ model, el });
}
if (query.get("open"))
  for (const one of document.querySelectorAll("details.cew-disclosure")) one.setAttribute("open", "");
Object.assign(globalThis, { model });
