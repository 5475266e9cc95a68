/** True positive rate over false positive rate, with the operating point at the threshold. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { Section } from "../../../wire/packing.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import { type PanelProps, registerPanel } from "../../panel.tsx";
import { emptyHint } from "../../sentences.ts";
import { curvePath, nearestPoint } from "../../unitPlot.ts";
import { Dot } from "../../views/marks.tsx";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { aucSentence, rocSentence } from "./sentences.ts";
import "./style.css";

/** What Python sent. */
type Roc = Section<"roc">;

/** Path of the ROC of concept `k`; the macro average when `k` is the number of concepts. */
export function rocPath(data: Evaluation, { arrays }: Roc, k: number): string {
  const concept = data.concepts[k];
  if (concept === undefined) return curvePath(arrays.macro_fpr, arrays.macro_tpr, 0, arrays.macro_fpr.length);
  const [from, to] = [arrays.offsets[k] ?? 0, arrays.offsets[k + 1] ?? 0];
  if (arrays.fps && arrays.tps) return curvePath(arrays.fps, arrays.tps, from, to, concept.num_neg, concept.num_pos);
  return arrays.fpr && arrays.tpr ? curvePath(arrays.fpr, arrays.tpr, from, to) : "";
}

/** Path of the ROC of concept `k` in the fold at position `f`. */
export function foldRocPath(data: Evaluation, { arrays }: Roc, f: number, k: number): string {
  const { fold_offsets: offsets, fold_fpr: fpr, fold_tpr: tpr } = arrays;
  if (!offsets || !fpr || !tpr) return "";
  const at = f * (data.concepts.length + 1) + k;
  return curvePath(fpr, tpr, offsets[at] ?? 0, offsets[at + 1] ?? 0);
}

/** The curves of the chosen concept: each fold's, faint, under the pooled one. They do not follow the threshold. */
function RocCurves({ section }: PanelProps<"roc">) {
  const { evaluation, conceptIndex } = useWorkbench();
  const [data, roc, k] = [evaluation.value, section.value, conceptIndex.value];
  if (data === null || roc === null) return null;
  return (
    <>
      {data.folds.map((fold, f) => (
        <path key={fold} class="cew-line cew-fold cew-roc-fold" data-fold={fold} d={foldRocPath(data, roc, f, k)} />
      ))}
      <path
        class="cew-line cew-roc-curve"
        data-run={data.run}
        data-revision={data.revision}
        data-concept={data.concepts[k]?.id}
        d={rocPath(data, roc, k)}
      />
    </>
  );
}

/** Key and AUC, with which AUC it is. */
function RocHead() {
  const { evaluation, conceptIndex } = useWorkbench();
  const data = evaluation.value;
  const auc = data ? aucSentence(data, conceptIndex.value) : null;
  return (
    <>
      {auc && (
        <span class="cew-roc-auc" title={`AUC ${auc.value} ${auc.which}`.trim()}>
          <span class="cew-key cew-key-roc" aria-hidden="true" />
          AUC <b>{auc.value}</b> {auc.which && <span class="cew-muted">{auc.which}</span>}
        </span>
      )}
      {auc?.spread && (
        <span class="cew-muted" title={auc.spread}>
          <span class="cew-key cew-key-fold" aria-hidden="true" />
          {auc.spread}
        </span>
      )}
    </>
  );
}

/**
 * Why the macro average's mark need not lie on its curve, beside the mark: the curve averages heights, the mark is the mean
 * of the concepts' points.
 */
function MacroMarkNote({ x, y }: { x: ReadonlySignal<number | null>; y: ReadonlySignal<number | null> }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const count = evaluation.value?.concepts.length ?? 0;
  const right = useComputed(() => (x.value ?? 0) < 0.55);
  const place = useComputed(() => `${((x.value ?? 0) * 100).toFixed(4)}%`);
  const top = useComputed(() => `${((1 - (y.value ?? 0)) * 100).toFixed(4)}%`);
  const anchor = useComputed(() => (right.value ? "start" : "end"));
  const shift = useComputed(() => (right.value ? 10 : -10));
  const seen = useComputed(() => (x.value === null || y.value === null ? "hidden" : "visible"));
  if (count < 2 || conceptIndex.value < count) return null;
  const line = (dy: number, text: string) => (
    <text class="cew-mark-note" x={place} y={top} dx={shift} dy={dy} text-anchor={anchor} visibility={seen}>
      {text}
    </text>
  );
  return (
    <>
      {line(16, `mean of ${count} points:`)}
      {line(29, "may lie off the mean curve")}
    </>
  );
}

/** What lies above the curves: the operating point, which follows the threshold. */
function RocMarks({ hint }: { hint: string }) {
  const { point } = useWorkbench();
  const fpr = useComputed(() => point.value?.fpr ?? null);
  const tpr = useComputed(() => point.value?.recall ?? null);
  return (
    <>
      {!hint && (
        <text class="cew-chance-label" x="38%" y="70%">
          chance
        </text>
      )}
      {!hint && <MacroMarkNote x={fpr} y={tpr} />}
      <Dot className="cew-dot cew-dot-roc" x={fpr} y={tpr} />
    </>
  );
}

/** The plot; a click goes to the stop whose point is nearest to it. */
function RocPlot({ section }: PanelProps<"roc">) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex, point, threshold, run, traits } = workbench;
  const description = useComputed(() =>
    rocSentence(evaluation.value, conceptIndex.value, point.value, threshold.value),
  );
  const loading = traits.loading.value.includes("results");
  const hint = emptyHint(run.value, loading, evaluation.value, conceptIndex.value);
  const pick = (x: number, y: number) => {
    const [data, rates] = [evaluation.value, workbench.sweep.value];
    if (!data || !rates) return;
    const stop = nearestPoint(rates.fpr, rates.recall, x, y);
    if (stop >= 0) workbench.setThreshold(data.stops[stop] as number);
  };
  return (
    <UnitPlot
      name="ROC curve"
      className="cew-roc"
      description={description}
      xLabel="False positive rate"
      yLabel="True positive rate"
      head={<RocHead />}
      hint={hint}
      curves={
        <>
          {!hint && <path class="cew-chance" d="M0,0L1,1" />}
          <RocCurves section={section} />
        </>
      }
      marks={<RocMarks hint={hint} />}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold()}
    />
  );
}

export default registerPanel({ id: "roc", title: "ROC", slot: "curves", order: 10, View: RocPlot });
