/** Evaluations computed from seeded random scores, encoded as Python encodes them; for tests and the harness page. */
import { type ConceptHeader, type CurvesHeader, PROTOCOL } from "../src/protocol.ts";

/** Seeded uniform random numbers (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Scored {
  labels: boolean[];
  scores: number[];
}

/** One concept's labels and float32 scores; a higher `skill` separates the classes further. */
export function randomConcept(random: () => number, n: number, share: number, skill: number): Scored {
  const labels = Array.from({ length: n }, () => random() < share);
  const noise = () => random() + random() + random() - 1.5;
  const scores = labels.map((label) => Math.fround(1 / (1 + Math.exp(-(noise() * 2.2 + (label ? skill : -skill))))));
  return { labels, scores };
}

/** Positives and negatives scored at or above t. */
export function countsAt({ labels, scores }: Scored, t: number): { tp: number; fp: number } {
  let tp = 0;
  let fp = 0;
  const limit = Math.fround(t);
  scores.forEach((score, i) => {
    if (score < limit) return;
    if (labels[i]) tp += 1;
    else fp += 1;
  });
  return { tp, fp };
}

/** ROC vertices of every distinct score, from (0, 0), with the AUC by trapezoids. */
export function rocOf({ labels, scores }: Scored): { fps: number[]; tps: number[]; auc: number } {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const fps = [0];
  const tps = [0];
  let [tp, fp] = [0, 0];
  order.forEach((i, rank) => {
    if (labels[i]) tp += 1;
    else fp += 1;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[i]) return;
    fps.push(fp);
    tps.push(tp);
  });
  let area = 0;
  for (let i = 1; i < fps.length; i++) {
    area += (((fps[i] as number) - (fps[i - 1] as number)) * ((tps[i] as number) + (tps[i - 1] as number))) / 2;
  }
  return { fps, tps, auc: area / (tp * fp) };
}

type ArrayEntry = { type: "f8" | "f4" | "u4"; values: ArrayLike<number> };

/** Bytes of the binary trait, starting `shift` bytes into their buffer. */
export function encode(header: Omit<CurvesHeader, "arrays">, arrays: Record<string, ArrayEntry>, shift = 0): DataView {
  const entries: CurvesHeader["arrays"] = {};
  let end = 0;
  for (const [name, { type, values }] of Object.entries(arrays)) {
    entries[name] = { type, offset: end, length: values.length };
    end += Math.ceil((values.length * (type === "f8" ? 8 : 4)) / 8) * 8;
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: entries }));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const view = new DataView(new ArrayBuffer(shift + start + end), shift);
  view.setUint32(0, text.length, true);
  new Uint8Array(view.buffer, shift + 4).set(text);
  for (const [name, { type, values }] of Object.entries(arrays)) {
    const at = start + (entries[name]?.offset ?? 0);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (type === "f8") view.setFloat64(at + 8 * i, value, true);
      else if (type === "f4") view.setFloat32(at + 4 * i, value, true);
      else view.setUint32(at + 4 * i, value, true);
    }
  }
  return view;
}

const take = (concept: Scored, keep: (i: number) => boolean): Scored => ({
  labels: concept.labels.filter((_, i) => keep(i)),
  scores: concept.scores.filter((_, i) => keep(i)),
});

function stopsOf(concepts: Scored[], most: number): number[] {
  const grid = Array.from({ length: 101 }, (_, i) => i / 100);
  const pooled = [...new Set(concepts.flatMap((c) => c.scores))].sort((a, b) => a - b);
  const step = Math.max(1, pooled.length / Math.max(1, most - grid.length));
  const thinned = Array.from({ length: Math.floor(pooled.length / step) }, (_, i) => pooled[Math.floor(i * step)] ?? 1);
  return [...new Set([...grid, ...thinned])].sort((a, b) => a - b);
}

/** Mean true positive rate over the union of the false positive rates; vertical parts kept at their upper end. */
function macroRoc(rocs: ReturnType<typeof rocOf>[]): { fpr: number[]; tpr: number[] } {
  const grid = Array.from({ length: 201 }, (_, i) => i / 200);
  const at = ({ fps, tps }: ReturnType<typeof rocOf>, x: number) => {
    const [negatives, positives] = [fps[fps.length - 1] as number, tps[tps.length - 1] as number];
    let i = fps.findIndex((fp) => fp / negatives > x);
    if (i < 0) i = fps.length;
    return (tps[i - 1] as number) / positives;
  };
  return {
    fpr: [0, ...grid],
    tpr: [0, ...grid.map((x) => rocs.reduce((sum, r) => sum + at(r, x), 0) / rocs.length)],
  };
}

function foldArrays(concepts: Scored[], folds: number[], of: number): Record<string, ArrayEntry> {
  const offsets = [0];
  const [fpr, tpr, f1]: [number[], number[], number[]] = [[], [], []];
  for (const fold of folds) {
    const parts = concepts.map((c) => take(c, (i) => i % of === fold - 1));
    const rocs = parts.map(rocOf);
    for (const { fps, tps } of rocs) {
      fpr.push(...fps.map((x) => x / (fps[fps.length - 1] as number)));
      tpr.push(...tps.map((x) => x / (tps[tps.length - 1] as number)));
      offsets.push(fpr.length);
    }
    const macro = macroRoc(rocs);
    fpr.push(...macro.fpr);
    tpr.push(...macro.tpr);
    offsets.push(fpr.length);
    const rows = parts.map((part) => {
      const positives = part.labels.filter(Boolean).length;
      return Array.from({ length: 101 }, (_, i) => {
        const { tp, fp } = countsAt(part, i / 100);
        return (2 * tp) / (tp + fp + positives);
      });
    });
    f1.push(...rows.flat());
    f1.push(...Array.from({ length: 101 }, (_, i) => rows.reduce((s, row) => s + (row[i] as number), 0) / rows.length));
  }
  return {
    fold_offsets: { type: "u4", values: offsets },
    fold_fpr: { type: "f4", values: fpr },
    fold_tpr: { type: "f4", values: tpr },
    fold_f1: { type: "f4", values: f1 },
  };
}

export interface Options {
  run?: string;
  revision?: number;
  title?: string;
  folds?: number[];
  foldsTotal?: number;
  inputs?: number;
  stops?: number;
  shift?: number;
}

/** The binary trait for `concepts` after `folds` of `foldsTotal`, or after the first `inputs` inputs. */
export function encodeEvaluation(all: Record<string, Scored>, options: Options = {}): DataView {
  const { run = "run-1", revision = 1, folds = [], foldsTotal = 0, stops: most = 400, shift = 0 } = options;
  const total = Object.values(all)[0]?.labels.length ?? 0;
  const keep = (i: number) => (foldsTotal ? folds.includes((i % foldsTotal) + 1) : i < (options.inputs ?? total));
  const concepts = Object.values(all).map((c) => take(c, keep));
  const rocs = concepts.map(rocOf);
  const stops = stopsOf(concepts, most);
  const counts = concepts.map((c) => stops.map((t) => countsAt(c, t)));
  const offsets = [0];
  for (const roc of rocs) offsets.push((offsets.at(-1) ?? 0) + roc.fps.length);
  const macro = macroRoc(rocs);
  const foldAucs = (c: Scored) => folds.map((f) => rocOf(take(c, (i) => i % foldsTotal === f - 1)).auc);
  const summary = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return {
      mean,
      std: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length),
      folds: values.length,
    };
  };
  const header: Omit<CurvesHeader, "arrays"> = {
    protocol: PROTOCOL,
    run,
    revision,
    title: options.title ?? "Version 3 on language-names",
    kind: foldsTotal ? "cross-validation" : "score",
    kind_label: foldsTotal
      ? `Cross-validated: new heads on ${foldsTotal} folds of the data`
      : "This trained version, on the dataset",
    complete: foldsTotal ? folds.length === foldsTotal : concepts[0]?.labels.length === total,
    dtype: "float32",
    source: "test_set",
    source_label: "counted from every prediction",
    notes: [],
    inputs: concepts[0]?.labels.length ?? 0,
    inputs_total: total,
    folds,
    folds_total: foldsTotal,
    concepts: Object.keys(all).map((id, k): ConceptHeader => {
      const concept = concepts[k] as Scored;
      const positives = concept.labels.filter(Boolean).length;
      return {
        id,
        name: id,
        num_pos: positives,
        num_neg: concept.labels.length - positives,
        roc_auc: (rocs[k] as { auc: number }).auc,
        reason: "",
        fold_roc_auc: folds.length ? summary(foldAucs(all[id] as Scored)) : null,
      };
    }),
    macro: {
      roc_auc: rocs.reduce((s, r) => s + r.auc, 0) / rocs.length,
      averaged: rocs.length,
      left_out: [],
      fold_roc_auc: folds.length ? { ...summary(Object.values(all).flatMap(foldAucs)), folds: folds.length } : null,
    },
  };
  return encode(
    header,
    {
      stops: { type: "f8", values: stops },
      tps: { type: "u4", values: counts.flatMap((row) => row.map((c) => c.tp)) },
      fps: { type: "u4", values: counts.flatMap((row) => row.map((c) => c.fp)) },
      roc_offsets: { type: "u4", values: offsets },
      roc_fps: { type: "u4", values: rocs.flatMap((r) => r.fps) },
      roc_tps: { type: "u4", values: rocs.flatMap((r) => r.tps) },
      macro_fpr: { type: "f8", values: macro.fpr },
      macro_tpr: { type: "f8", values: macro.tpr },
      ...(folds.length ? foldArrays(concepts, folds, foldsTotal) : {}),
    },
    shift,
  );
}
