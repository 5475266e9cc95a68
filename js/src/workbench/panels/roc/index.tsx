/** True positive rate over false positive rate, with the operating point at the threshold. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { count as inFull } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import { microRocPath } from "../../micro.ts";
import { type PanelProps, registerPanel } from "../../panel.tsx";
import { emptyHint, pooledWords } from "../../sentences.ts";
import { bandPath, curvePath } from "../../unitPlot.ts";
import { AroundKeys } from "../../views/AroundKeys.tsx";
import { useCurvePointer } from "../../views/curvePointer.ts";
import { type Frame, WHOLE } from "../../views/frame.ts";
import { Lead } from "../../views/Lead.tsx";
import { layersOf, manyOf, useBands, useMicro } from "../../views/layers.ts";
import { Dot, MarkNote } from "../../views/marks.tsx";
import { TickedCurves } from "../../views/ticked.tsx";
import { UnitPlot, Zoom } from "../../views/UnitPlot.tsx";
import { aucSentence, rocSentence } from "./sentences.ts";
import "./style.css";

/** The corner in which alarms are few: where a detector of rare things is used. */
const LOW_FPR: Frame = { x: [0, 0.2], y: [0, 1] };

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

/** What is drawn under the chosen concept's curve: none of it follows the threshold. */
function Around({ section }: PanelProps<"roc">) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex } = workbench;
  const layers = layersOf(workbench);
  const bands = useBands();
  const others = useComputed(() => {
    const [data, roc] = [evaluation.value, section.value];
    if (data === null || roc === null || !layersOf(workbench).others) return "";
    return data.concepts.map((_, k) => (k === conceptIndex.value ? "" : rocPath(data, roc, k))).join("");
  });
  const pooled = useMicro();
  const micro = useComputed(() => (pooled.value ? microRocPath(pooled.value) : ""));
  const [data, roc, k] = [evaluation.value, section.value, conceptIndex.value];
  if (data === null || roc === null) return null;
  const band = bands.value?.arrays;
  return (
    <>
      <path class={`cew-other cew-roc-other ${manyOf(data)}`} d={others.value} />
      {band && <path class="cew-band cew-roc-band" d={bandPath(band.fpr, band.tpr_low, band.tpr_high)} />}
      {layers.folds &&
        data.folds.map((fold, f) => (
          <path key={fold} class="cew-line cew-fold cew-roc-fold" data-fold={fold} d={foldRocPath(data, roc, f, k)} />
        ))}
      {layers.averages && k < data.concepts.length && data.concepts.length > 1 && (
        <path class="cew-macro-line" d={rocPath(data, roc, data.concepts.length)} />
      )}
      {data.concepts.length > 1 && <path class="cew-micro-line" d={micro.value} />}
      <TickedCurves pathOf={(one) => rocPath(data, roc, one)} />
    </>
  );
}

/** The chosen concept's curve over what is drawn around it. */
function RocCurves({ section }: PanelProps<"roc">) {
  const { evaluation, conceptIndex } = useWorkbench();
  const [data, roc, k] = [evaluation.value, section.value, conceptIndex.value];
  if (data === null || roc === null) return null;
  return (
    <>
      <Around section={section} />
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

/** What the folds give, leading to the folds one by one, each with its inputs; plain where they are not to be had. */
function Spread({ data, whole, children }: { data: Evaluation; whole: string; children: string }) {
  const workbench = useWorkbench();
  // A file and the plot as a widget of its own have no slices.
  const led = data.has_counts && data.folds.length > 1 && !workbench.baked && workbench.traits.panel.value === "";
  if (!led) {
    return (
      <span class="cew-muted cew-one-line" title={whole}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      class="cew-lead cew-lead-quiet cew-muted cew-one-line"
      title={`${whole}. Show each fold, with its inputs`}
      onClick={() => {
        workbench.choice("slices.by", "").value = "fold";
        workbench.lead("slices");
      }}
    >
      {children}
    </button>
  );
}

/** Key and AUC, with which AUC it is. */
function RocHead() {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex } = workbench;
  const data = evaluation.value;
  const concept = data?.concepts[conceptIndex.value];
  const auc = data ? aucSentence(data, conceptIndex.value) : null;
  return (
    <>
      {data && auc && (
        <span
          class="cew-roc-auc"
          title={`AUC ${auc.value} ${auc.which}${pooledWords(data) && " (pooled out-of-fold predictions)"}`}
        >
          <span class="cew-key cew-key-roc" aria-hidden="true" />
          AUC{" "}
          <Lead
            figure="roc_auc"
            of={concept}
            {...(!concept && { also: { outcome: "all" } as const, title: "Show all inputs" })}
          >
            <b>{auc.value}</b>
          </Lead>{" "}
          {auc.which && <span class="cew-muted">{auc.which}</span>}
        </span>
      )}
      {data && (
        <Zoom
          zoomed={layersOf(workbench).zoomed}
          text="Zoom to low FPR"
          onZoom={(zoomed) => workbench.draw({ zoomed })}
        />
      )}
      {data && auc?.spread && (
        <Spread data={data} whole={auc.spread}>
          {auc.short || auc.spread}
        </Spread>
      )}
      <AroundKeys plot="roc" />
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
  if (count < 2 || conceptIndex.value < count) return null;
  return (
    <>
      <MarkNote x={x} y={y} lines={2}>
        mean of {inFull(count)} points:
      </MarkNote>
      <MarkNote x={x} y={y} line={1} lines={2}>
        may lie off the mean curve
      </MarkNote>
    </>
  );
}

/** What lies above the curves: the operating point, which follows the threshold. */
function RocMarks({ hint }: { hint: string }) {
  const workbench = useWorkbench();
  const { point } = workbench;
  const { zoomed } = layersOf(workbench);
  const fpr = useComputed(() => point.value?.fpr ?? null);
  const tpr = useComputed(() => point.value?.recall ?? null);
  return (
    <>
      {!hint && !zoomed && (
        <text class="cew-chance-label" x="98%" y="27%">
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
  const frame = useComputed(() => (layersOf(workbench).zoomed ? LOW_FPR : WHOLE));
  const { pick, look } = useCurvePointer("fpr", "recall");
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
      frame={frame}
      onLook={look}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold(true)}
    />
  );
}

export default registerPanel({ id: "roc", title: "ROC", slot: "curves", order: 10, View: RocPlot });
