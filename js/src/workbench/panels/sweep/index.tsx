/** Precision, recall and F1 over the threshold. */
import { useComputed } from "@preact/signals";
import { rate } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { OperatingPoint } from "../../metrics.ts";
import { type PanelProps, registerPanel } from "../../panel.tsx";
import { heading, type RateName } from "../../rates.ts";
import { bandPath, gappedPath } from "../../unitPlot.ts";
import { AroundKeys } from "../../views/AroundKeys.tsx";
import { Lead } from "../../views/Lead.tsx";
import { layersOf, useBands, useOutline } from "../../views/layers.ts";
import { Dot, Rule } from "../../views/marks.tsx";
import { useScorePointer } from "../../views/scorePointer.ts";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { sweepSentence } from "./sentences.ts";
import "./style.css";

/** The curves, in the order of their key. */
const DRAWN = ["precision", "recall", "f1"] as const satisfies RateName[];

/** So many thresholds, evenly spaced from 0 to 1. */
const evenly = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i / (count - 1));

/** Thresholds at which bands are sent. */
const HUNDREDTHS = evenly(101);

/** Path of the F1 of concept `k` in the fold at position `f`. */
export function foldF1Path(data: Evaluation, { arrays }: Section<"sweep">, f: number, k: number): string {
  if (arrays.fold_f1 === undefined) return "";
  // Of very many concepts there are fewer than at each hundredth.
  const rows = data.concepts.length + 1;
  const count = arrays.fold_f1.length / (rows * data.folds.length);
  const from = (f * rows + k) * count;
  return gappedPath(evenly(count), arrays.fold_f1, from, from + count);
}

/** What the bands are sent as. */
type Bands = Section<"bands">;

/** The area of a rate's band. */
export const sweepBandPath = ({ arrays }: Bands, name: (typeof DRAWN)[number]): string =>
  bandPath(HUNDREDTHS, arrays[`${name}_low`], arrays[`${name}_high`]);

/** The curves of the chosen concept; of each fold only F1, or nothing could be told apart. */
function SweepCurves({ section }: PanelProps<"sweep">) {
  const workbench = useWorkbench();
  const { along, evaluation, conceptIndex, sweep } = workbench;
  const [bands, outline] = [useBands(), useOutline().value?.arrays];
  const [data, rates, own] = [evaluation.value, sweep.value, section.value];
  if (data === null || rates === null || own === null) return null;
  return (
    <>
      {bands.value &&
        DRAWN.map((name) => (
          <path key={name} class={`cew-band cew-band-${name}`} d={sweepBandPath(bands.value as Bands, name)} />
        ))}
      {layersOf(workbench).folds &&
        data.folds.map((fold, f) => (
          <path
            key={fold}
            class="cew-line cew-fold cew-sweep-fold"
            data-fold={fold}
            d={foldF1Path(data, own, f, conceptIndex.value)}
          />
        ))}
      {DRAWN.map((name) => (
        <path
          key={name}
          class={`cew-line cew-sweep-${name}`}
          data-revision={data.revision}
          d={gappedPath(outline?.thresholds ?? along.value?.data.stops ?? data.stops, (outline ?? rates)[name])}
        />
      ))}
    </>
  );
}

/** A rate at the threshold, as a signal of its own: what is bound to it renders nothing anew. */
function useRate(name: RateName) {
  const { point } = useWorkbench();
  return useComputed(() => (point.value as OperatingPoint | null)?.[name] ?? null);
}

/** A rate's line and its value at the threshold. */
function Key({ name }: { name: RateName }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const value = useRate(name);
  const shown = useComputed(() => rate(value.value));
  return (
    <span class="cew-sweep-key">
      <span class={`cew-key cew-key-${name}`} aria-hidden="true" />
      {heading(name)}{" "}
      <Lead figure={name} of={evaluation.value?.concepts[conceptIndex.value]} tabIndex={-1}>
        <b>{shown}</b>
      </Lead>
    </span>
  );
}

/** A rate's mark at the threshold. */
function RateDot({ name }: { name: RateName }) {
  return <Dot className={`cew-dot cew-dot-${name}`} x={useWorkbench().threshold} y={useRate(name)} />;
}

/** Key and values. */
function SweepHead() {
  return (
    <>
      <strong>Threshold sweep</strong>
      {DRAWN.map((name) => (
        <Key key={name} name={name} />
      ))}
      <AroundKeys plot="sweep" />
    </>
  );
}

/** The plot; a click goes to the nearest stop. */
function SweepPlot({ section }: PanelProps<"sweep">) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex, point, threshold } = workbench;
  const description = useComputed(() =>
    sweepSentence(evaluation.value, conceptIndex.value, point.value, threshold.value),
  );
  const { pick, read } = useScorePointer();
  const look = (x: number) => {
    const found = read(x);
    const y = found ? (workbench.sweep.value?.recall[found.stop] ?? Number.NaN) : Number.NaN;
    return found && !Number.isNaN(y) ? { x: found.at, y, text: found.text } : null;
  };
  return (
    <UnitPlot
      name="Threshold sweep"
      className="cew-sweep"
      description={description}
      xLabel="Threshold"
      yLabel="Rate"
      head={<SweepHead />}
      hint=""
      curves={<SweepCurves section={section} />}
      marks={
        <>
          {evaluation.value && <Rule x={threshold} />}
          {DRAWN.map((name) => (
            <RateDot key={name} name={name} />
          ))}
        </>
      }
      onLook={look}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold(true)}
    />
  );
}

export default registerPanel({ id: "sweep", title: "Threshold sweep", slot: "beside", order: 10, View: SweepPlot });
