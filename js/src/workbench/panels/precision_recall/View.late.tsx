/** Precision over recall, with the operating point at the threshold. */
import { useComputed } from "@preact/signals";
import { rate } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { bandPath } from "../../unitPlot.ts";
import { useCurvePointer } from "../../views/curvePointer.ts";
import { PrecisionRecallKeys } from "../../views/LayerKeys.late.tsx";
import { Lead } from "../../views/Lead.tsx";
import { layersOf, manyOf, useBands, useMicro } from "../../views/layers.ts";
import { Dot, MarkNote } from "../../views/marks.tsx";
import { TickedCurves } from "../../views/ticked.tsx";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { areaSentence, noCurve, precisionRecallSentence } from "./sentences.ts";
import { foldPrecisionRecallPath, microPrecisionRecallPath, precisionRecallPath, prevalence } from "./steps.ts";
import "./style.css";

/** Key and average precision, with which one it is. */
function Head({ section }: PanelProps<"precision_recall">) {
  const { evaluation, conceptIndex } = useWorkbench();
  const [data, shown, k] = [evaluation.value, section.value, conceptIndex.value];
  const concept = data?.concepts[k];
  const area = data && shown && areaSentence(data, shown, k);
  return (
    <>
      {area && (
        <span class="cew-pr-area">
          <span class="cew-key cew-key-pr" aria-hidden="true" />
          AP{" "}
          <Lead
            figure="avg_precision"
            of={concept}
            {...(!concept && { also: { outcome: "all" } as const, title: "Show all inputs" })}
          >
            <b>{area.value}</b>
          </Lead>{" "}
          {area.which && <span class="cew-muted">{area.which}</span>}
        </span>
      )}
      {data && <PrecisionRecallKeys data={data} />}
    </>
  );
}

/** The share of positives as a line, the other concepts' curves, faint, and the chosen one. None follows the threshold. */
function Curves({ section, path }: PanelProps<"precision_recall"> & { path: string }) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex } = workbench;
  const { averages, folds } = layersOf(workbench);
  const bands = useBands();
  const pooled = useMicro();
  const micro = useComputed(() => (pooled.value ? microPrecisionRecallPath(pooled.value) : ""));
  const others = useComputed(() => {
    const [data, shown] = [evaluation.value, section.value];
    if (data === null || shown === null || !layersOf(workbench).others) return "";
    return data.concepts.map((_, k) => (k === conceptIndex.value ? "" : precisionRecallPath(data, shown, k))).join("");
  });
  const [data, k] = [evaluation.value, conceptIndex.value];
  const shown = section.value;
  if (data === null || shown === null) return null;
  const share = prevalence(data, k);
  const band = bands.value?.arrays;
  return (
    <>
      <path class={`cew-other cew-pr-other ${manyOf(data)}`} d={others.value} />
      {band && <path class="cew-band cew-pr-band" d={bandPath(band.at_recall, band.pr_low, band.pr_high)} />}
      {folds &&
        data.folds.map((fold, f) => (
          <path
            key={fold}
            class="cew-line cew-fold cew-pr-fold"
            data-fold={fold}
            d={foldPrecisionRecallPath(data, shown, f, k)}
          />
        ))}
      {averages && k < data.concepts.length && data.concepts.length > 1 && (
        <path class="cew-macro-line" d={precisionRecallPath(data, shown, data.concepts.length)} />
      )}
      {data.concepts.length > 1 && <path class="cew-micro-line" d={micro.value} />}
      <TickedCurves pathOf={(one) => precisionRecallPath(data, shown, one)} />
      {path && share !== null && <path class="cew-chance cew-pr-prevalence" d={`M0,${share}H1`} />}
      <path
        class="cew-line cew-pr-curve"
        data-run={data.run}
        data-revision={data.revision}
        data-concept={data.concepts[k]?.id}
        d={path}
      />
    </>
  );
}

/** The operating point, which follows the threshold, with what a macro average's is, and what the line of prevalence is. */
function Marks({ drawn }: { drawn: boolean }) {
  const { evaluation, conceptIndex, point } = useWorkbench();
  const recall = useComputed(() => point.value?.recall ?? null);
  const precision = useComputed(() => point.value?.precision ?? null);
  const [data, k] = [evaluation.value, conceptIndex.value];
  const macro = data !== null && k >= data.concepts.length;
  const share = data && prevalence(data, k);
  return (
    <>
      {drawn && share !== null && (
        <text class="cew-chance-label" x="4" y={`${(1 - share) * 100}%`} dy={share > 0.1 ? "14" : "-5"}>
          {macro ? "mean prevalence" : "prevalence"} {rate(share)}
        </text>
      )}
      {macro && (
        <MarkNote x={recall} y={precision}>
          mean of the concepts’ rates
        </MarkNote>
      )}
      <Dot className="cew-dot cew-dot-pr" x={recall} y={precision} />
    </>
  );
}

/** The plot; a click goes to the stop whose point is nearest to it. */
function PrecisionRecallPlot({ section }: PanelProps<"precision_recall">) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex, point, threshold } = workbench;
  const description = useComputed(() =>
    precisionRecallSentence(evaluation.value, section.value, conceptIndex.value, point.value, threshold.value),
  );
  const path = useComputed(() => {
    const [data, shown] = [evaluation.value, section.value];
    return data && shown ? precisionRecallPath(data, shown, conceptIndex.value) : "";
  });
  const [data, shown] = [evaluation.value, section.value];
  const hint = data && shown ? noCurve(data, shown, conceptIndex.value, path.value) : "Loading the curves…";
  const { pick, look } = useCurvePointer("recall", "precision");
  return (
    <UnitPlot
      name="Precision–recall curve"
      className="cew-pr"
      description={description}
      xLabel="Recall"
      yLabel="Precision"
      head={<Head section={section} />}
      hint={hint}
      curves={<Curves section={section} path={path.value} />}
      marks={<Marks drawn={path.value !== ""} />}
      onLook={look}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold(true)}
    />
  );
}

export default PrecisionRecallPlot;
