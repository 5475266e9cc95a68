/** Precision over recall, with the operating point at the threshold. */
import { useComputed } from "@preact/signals";
import { rate } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import { type PanelProps, registerPanel } from "../../panel.tsx";
import { nearestPoint } from "../../unitPlot.ts";
import { Dot } from "../../views/marks.tsx";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { areaSentence, noCurve, precisionRecallSentence } from "./sentences.ts";
import { precisionRecallPath, prevalence } from "./steps.ts";
import "./style.css";

/** Key and average precision, with which one it is. */
function Head({ section }: PanelProps<"precision_recall">) {
  const { evaluation, conceptIndex } = useWorkbench();
  const [data, shown, k] = [evaluation.value, section.value, conceptIndex.value];
  const area = data && shown && areaSentence(data, shown, k);
  return (
    <>
      <strong>Precision–recall</strong>
      {area && (
        <span class="cew-pr-area">
          <span class="cew-key cew-key-pr" aria-hidden="true" />
          AP <b>{area.value}</b> {area.which && <span class="cew-muted">{area.which}</span>}
        </span>
      )}
    </>
  );
}

/** The share of positives as a line, the other concepts' curves, faint, and the chosen one. None follows the threshold. */
function Curves({ section, path }: PanelProps<"precision_recall"> & { path: string }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const others = useComputed(() => {
    const [data, shown] = [evaluation.value, section.value];
    if (data === null || shown === null) return "";
    return data.concepts.map((_, k) => (k === conceptIndex.value ? "" : precisionRecallPath(data, shown, k))).join("");
  });
  const [data, k] = [evaluation.value, conceptIndex.value];
  if (data === null || section.value === null) return null;
  const share = prevalence(data, k);
  return (
    <>
      <path class="cew-pr-other" d={others.value} />
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
  const x = useComputed(() => `${((recall.value ?? 0) * 100).toFixed(4)}%`);
  const y = useComputed(() => `${((1 - (precision.value ?? 0)) * 100).toFixed(4)}%`);
  const anchor = useComputed(() => ((recall.value ?? 0) > 0.6 ? "end" : "start"));
  const dx = useComputed(() => ((recall.value ?? 0) > 0.6 ? -10 : 10));
  const visibility = useComputed(() => (recall.value === null || precision.value === null ? "hidden" : "visible"));
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
        <text
          class="cew-chance-label cew-pr-mark"
          x={x}
          y={y}
          dx={dx}
          dy="-8"
          text-anchor={anchor}
          visibility={visibility}
        >
          mean of the concepts’ rates
        </text>
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
  const pick = (x: number, y: number) => {
    const rates = workbench.sweep.value;
    if (!evaluation.value || !rates) return;
    const stop = nearestPoint(rates.recall, rates.precision, x, y);
    if (stop >= 0) workbench.setThreshold(evaluation.value.stops[stop] as number);
  };
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
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold()}
    />
  );
}

export default registerPanel({
  id: "precision_recall",
  title: "Precision–recall",
  slot: "curves",
  order: 20,
  View: PrecisionRecallPlot,
  params: () => ({}),
});
