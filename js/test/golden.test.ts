import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import panels from "panels:all";
import { FakeModel } from "../dev/fakeModel.ts";
import { RequestError } from "../src/host/host.ts";
import { KernelHost } from "../src/host/kernel.ts";
import type { Action, Reply } from "../src/wire/contract.generated.ts";
import { PANELS } from "../src/wire/contract.generated.ts";
import { type Payload, type SectionName, unpack } from "../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../src/workbench/evaluation.ts";
import { pointAtStop, sweep } from "../src/workbench/metrics.ts";
import { bars } from "../src/workbench/panels/histogram/bins.ts";
import { foldRocPath, rocPath } from "../src/workbench/panels/roc/index.tsx";
import { rocSentence } from "../src/workbench/panels/roc/sentences.ts";
import { RATE_NAMES, RATES } from "../src/workbench/rates.ts";
import { pathArea } from "../src/workbench/unitPlot.ts";
import { messages, packed, text, WIRE } from "./fromPage.ts";

interface Plain {
  run: string;
  revision: number;
  sections: Record<string, { head: object; arrays: Record<string, { type: string; values: (number | null)[] }> }>;
}

const TYPES = { f8: Float64Array, f4: Float32Array, u4: Uint32Array } as const;
const bytes = (name: string) => readFileSync(`${WIRE}/${name}.bin`);
const json = (name: string) => JSON.parse(readFileSync(`${WIRE}/${name}.json`, "utf-8"));
const names = readdirSync(WIRE)
  .filter((name) => name.endsWith(".bin"))
  .map((name) => name.slice(0, -".bin".length));
const evaluations = names.filter((name) => {
  const plain = json(name);
  return name !== "from_page" && plain !== null && "evaluation" in plain.sections;
});

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

function assertReads(payload: Payload, plain: Plain): void {
  assert.deepEqual([payload.run, payload.revision], [plain.run, plain.revision]);
  for (const [name, { head, arrays }] of Object.entries(plain.sections)) {
    const read = payload.section(name as SectionName);
    const expected = Object.entries(arrays).map(([key, { type, values }]) => [
      key,
      TYPES[type as keyof typeof TYPES].from(values.map((x) => x ?? Number.NaN)),
    ]);
    assert.deepEqual(read.head, head);
    assert.deepEqual(read.arrays, Object.fromEntries(expected));
  }
}

for (const name of names.filter((one) => one !== "from_page")) {
  test(`what Python packed as ${name} is read number for number`, () => {
    const [payload, plain] = [unpack(bytes(name)), json(name)];
    if (plain === null) assert.equal(payload, null);
    else assertReads(payload as Payload, plain);
  });
}

test("the page derives the rates that Python derives, from counts and from the platform's rates", () => {
  const told: { given: (number | null)[]; rates: Record<string, number | null> }[] = json("rates");
  for (const { given, rates } of told) {
    const [a, b, c, d] = given.map((x) => x ?? Number.NaN) as [number, number, number, number];
    for (const name of RATE_NAMES) {
      const derived = given.length === 4 ? RATES[name].ofCounts(a, b, c, d) : RATES[name].ofRates(a, b, c);
      assert.equal(derived, rates[name] === null ? Number.NaN : rates[name], `${name} of ${given}`);
    }
  }
});

for (const name of evaluations) {
  test(`the evaluation ${name} has every section that travels, and all that is drawn of it is drawn`, () => {
    const data = readEvaluation(bytes(name)) as Evaluation;
    for (const panel of panels.filter(({ id }) => PANELS[id].travels)) assert.ok(data.payload.section(panel.id));
    const roc = data.payload.section("roc");
    for (let k = 0; k <= data.concepts.length; k++) {
      const auc = (data.concepts[k] ?? data.macro).roc_auc;
      const path = rocPath(data, roc, k);
      // The platform's own areas are not those of its curves.
      if (auc === null) assert.equal(path, "");
      else if (data.has_counts && k < data.concepts.length) assert.ok(Math.abs(pathArea(path) - auc) < 1e-6, path);
      for (const f of data.folds.keys()) assert.doesNotMatch(foldRocPath(data, roc, f, k), /NaN/);
      assert.equal(sweep(data, k).f1.length, data.stops.length);
      const point = pointAtStop(data, k, 50);
      assert.match(rocSentence(data, k, point, data.stops[50] as number), /^ROC of/);
    }
  });
}

test("every histogram that Python packed is drawn, and counts as many inputs as its head says", () => {
  const histograms = names.filter((name) => name.startsWith("histogram"));
  assert.ok(histograms.length > 0);
  for (const name of histograms) {
    const section = (unpack(bytes(name)) as Payload).section("histogram");
    const total = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count, 0);
    assert.equal(total(section.arrays.positives), section.head.num_pos);
    assert.equal(total(section.arrays.negatives), section.head.num_neg);
    assert.match(bars(section).positives, /^M0,0\.5V.*H1V0\.5Z$/);
  }
});

test("Python's replies settle the requests of their ids", async () => {
  for (const reply of json("replies") as Reply[]) {
    const model = new FakeModel();
    const asked = new KernelHost(model, new AbortController().signal).request({ action: "refresh" });
    model.reply({ ...reply, id: model.sent[0]?.id });
    if (reply.ok) assert.deepEqual((await asked).buffers, []);
    else await assert.rejects(asked, (error) => error instanceof RequestError && error.failure.title !== "");
  }
});

test("the golden files of the page are what it sends and packs today: else run `npm run golden`", () => {
  assert.equal(readFileSync(`${WIRE}/from_page.json`, "utf-8"), text());
  assert.deepEqual(Uint8Array.from(bytes("from_page")), packed());
  assertReads(unpack(packed()) as Payload, json("from_page").payload);
});

test("every kind of message is among them", () => {
  // A record, so that a kind that is missing here fails in tsc.
  const kinds: Record<Action["action"], true> = {
    refresh: true,
    more: true,
    select_app: true,
    select_model: true,
    calculate: true,
    preview: true,
    check: true,
    connect: true,
    view: true,
    retry: true,
    cancel: true,
    compare: true,
    match: true,
    listen: true,
    late: true,
    narrow: true,
    write_labels: true,
    take: true,
    panel: true,
    media: true,
  };
  assert.deepEqual([...new Set(messages().map(({ action }) => action))].sort(), Object.keys(kinds).sort());
});
