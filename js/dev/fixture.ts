/** Evaluations computed from seeded random scores, encoded as Python encodes them; for tests and the harness page. */
import type { ConceptFigures, EvaluationHead } from "../src/wire/contract.generated.ts";
import { pack, type Section, type Sections } from "../src/wire/payload.ts";

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

/** Labels and scores of one concept. */
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

/** Average precision: the precision at each positive, averaged, ties taken together. */
export function averagePrecision(concept: Scored): number {
  const { fps, tps } = rocOf(concept);
  const positives = tps.at(-1) ?? 0;
  return tps.reduce((sum, tp, i) => {
    const gained = i > 0 ? tp - (tps[i - 1] as number) : 0;
    return gained > 0 ? sum + (gained / positives) * (tp / (tp + (fps[i] as number))) : sum;
  }, 0);
}

/** The bytes, starting `shift` bytes into their buffer. */
export function shifted(bytes: Uint8Array, shift: number): DataView {
  const room = new Uint8Array(shift + bytes.length);
  room.set(bytes, shift);
  return new DataView(room.buffer, shift);
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

interface Folds {
  readonly roc: Pick<Section<"roc">["arrays"], "fold_offsets" | "fold_fpr" | "fold_tpr">;
  readonly f1: Float32Array;
}

function foldArrays(concepts: Scored[], folds: number[], of: number): Folds {
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
    roc: {
      fold_offsets: Uint32Array.from(offsets),
      fold_fpr: Float32Array.from(fpr),
      fold_tpr: Float32Array.from(tpr),
    },
    f1: Float32Array.from(f1),
  };
}

/** What to make an evaluation of. */
export interface Options {
  run?: string;
  revision?: number;
  title?: string;
  folds?: number[];
  foldsTotal?: number;
  inputs?: number;
  stops?: number;
  shift?: number;
  /** Replaces a part of the head, or of an array. */
  change?: (sections: Required<Pick<Sections, "evaluation" | "roc" | "sweep" | "counts" | "concepts">>) => Sections;
}

/** The trait `results` for `concepts` after `folds` of `foldsTotal`, or after the first `inputs` inputs. */
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
  const macroAuc = rocs.reduce((s, r) => s + r.auc, 0) / rocs.length;
  const said = (text: string, concept: string | null = null, emphasis = false) => ({
    text,
    emphasis,
    concept,
    panel: "",
    inputs: null,
  });
  const weakest = Object.keys(all)[rocs.findIndex((r) => r.auc === Math.min(...rocs.map((one) => one.auc)))] ?? null;
  const head: EvaluationHead = {
    title: options.title ?? "Version 3 on language-names",
    kind: foldsTotal ? "cross-validation" : "score",
    kind_label: foldsTotal
      ? `Cross-validated: new heads on ${foldsTotal} folds of the data`
      : "This trained version, on the dataset",
    complete: foldsTotal ? folds.length === foldsTotal : concepts[0]?.labels.length === total,
    dtype: "float32",
    source: "test_set",
    source_label: "counted from every prediction",
    has_counts: true,
    notes: [],
    cautions: [],
    headline: [
      said("Macro ROC AUC "),
      said(macroAuc.toFixed(3), null, true),
      said(
        ` [${(macroAuc - 0.01).toFixed(3)}, ${(macroAuc + 0.01).toFixed(3)}] over ${rocs.length} concepts. Weakest: `,
      ),
      said(`${weakest} ${Math.min(...rocs.map((r) => r.auc)).toFixed(3)}`, weakest),
      said("."),
    ],
    inputs: concepts[0]?.labels.length ?? 0,
    inputs_total: total,
    folds,
    folds_total: foldsTotal,
    concepts: Object.keys(all).map((id, k): ConceptFigures => {
      const concept = concepts[k] as Scored;
      const positives = concept.labels.filter(Boolean).length;
      return {
        id,
        name: id,
        num_pos: positives,
        num_neg: concept.labels.length - positives,
        roc_auc: (rocs[k] as { auc: number }).auc,
        roc_auc_low: (rocs[k] as { auc: number }).auc - 0.02,
        roc_auc_high: (rocs[k] as { auc: number }).auc + 0.02,
        reason: "",
        interval_reason: "",
        interval_method: "",
        fold_roc_auc: folds.length ? summary(foldAucs(all[id] as Scored)) : null,
      };
    }),
    macro: {
      roc_auc: macroAuc,
      roc_auc_low: macroAuc - 0.01,
      roc_auc_high: macroAuc + 0.01,
      interval_method: "DeLong over all concepts, logit-transformed",
      averaged: rocs.length,
      left_out: [],
      fold_roc_auc: folds.length ? { ...summary(Object.values(all).flatMap(foldAucs)), folds: folds.length } : null,
      concept_roc_auc: { std: summary(rocs.map((r) => r.auc)).std, concepts: rocs.length },
    },
    matrices: ["count", "argmax", "probability", "cooccurrence"],
    platform_summary: "",
    unserved: [],
    thinned: [],
  };
  const fold = folds.length ? foldArrays(concepts, folds, foldsTotal) : null;
  const sections = {
    evaluation: {
      head,
      arrays: {
        stops: Float64Array.from(stops),
        tps: Uint32Array.from(counts.flatMap((row) => row.map((c) => c.tp))),
        fps: Uint32Array.from(counts.flatMap((row) => row.map((c) => c.fp))),
      },
    },
    roc: {
      head: {},
      arrays: {
        offsets: Uint32Array.from(offsets),
        fps: Uint32Array.from(rocs.flatMap((r) => r.fps)),
        tps: Uint32Array.from(rocs.flatMap((r) => r.tps)),
        macro_fpr: Float64Array.from(macro.fpr),
        macro_tpr: Float64Array.from(macro.tpr),
        ...fold?.roc,
      },
    },
    sweep: { head: {}, arrays: fold ? { fold_f1: fold.f1 } : {} },
    counts: { head: {}, arrays: {} },
    concepts: {
      head: { micro_roc_auc: null, micro_avg_precision: null, micro_reason: "not made up here", micro_asked: false },
      arrays: { avg_precision: Float64Array.from(concepts, averagePrecision) },
    },
  };
  return shifted(pack(run, revision, options.change?.(sections) ?? sections), shift);
}

const BINS = 50;

/** The reply's payload for the panel `histogram`: scores of one concept, or of all of them pooled. */
export function encodeHistogram(
  all: Record<string, Scored>,
  concept: string | null,
  run = "run-1",
  revision = 1,
): Uint8Array {
  const edges = Float64Array.from({ length: BINS + 1 }, (_, i) => i / BINS);
  const [positives, negatives] = [new Uint32Array(BINS), new Uint32Array(BINS)];
  for (const [name, { labels, scores }] of Object.entries(all)) {
    if (concept !== null && concept !== name) continue;
    scores.forEach((score, i) => {
      const counts = labels[i] ? positives : negatives;
      const bin = Math.min(BINS - 1, Math.floor(score * BINS));
      counts[bin] = (counts[bin] as number) + 1;
    });
  }
  const total = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count, 0);
  const head = { concept, num_pos: total(positives), num_neg: total(negatives) };
  return pack(run, revision, { histogram: { head, arrays: { edges, positives, negatives } } });
}
