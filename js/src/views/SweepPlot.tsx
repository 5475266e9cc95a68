import { useComputed } from "@preact/signals";
import { rate } from "../format.ts";
import { nearestStop, type OperatingPoint } from "../metrics.ts";
import type { Curves } from "../protocol.ts";
import { sweepSentence } from "../status.ts";
import { gappedPath } from "../unitPlot.ts";
import { useSession } from "./context.ts";
import { Dot, Rule } from "./marks.tsx";
import { UnitPlot } from "./UnitPlot.tsx";

const RATES = [
  { name: "precision", text: "Precision" },
  { name: "recall", text: "Recall" },
  { name: "f1", text: "F1" },
] as const;

type RateName = (typeof RATES)[number]["name"];

const HUNDREDTHS = Float64Array.from({ length: 101 }, (_, i) => i / 100);

/** Path of the F1 of concept `k` in the fold at position `f`. */
export function foldF1Path(data: Curves, f: number, k: number): string {
  if (data.foldF1 === null) return "";
  const from = (f * (data.concepts.length + 1) + k) * HUNDREDTHS.length;
  return gappedPath(HUNDREDTHS, data.foldF1, from, from + HUNDREDTHS.length);
}

function SweepCurves() {
  const { curves, conceptIndex, sweep } = useSession();
  const data = curves.value;
  const rates = sweep.value;
  if (data === null || rates === null) return null;
  return (
    <>
      {data.folds.map((fold, f) => (
        <path
          key={fold}
          class="cew-line cew-fold cew-sweep-fold"
          data-fold={fold}
          d={foldF1Path(data, f, conceptIndex.value)}
        />
      ))}
      {RATES.map(({ name }) => (
        <path
          key={name}
          class={`cew-line cew-sweep-${name}`}
          data-revision={data.revision}
          d={gappedPath(data.stops, rates[name])}
        />
      ))}
    </>
  );
}

function useRate(name: RateName) {
  const { point } = useSession();
  return useComputed(() => (point.value as OperatingPoint | null)?.[name] ?? null);
}

function Key({ name, text }: { name: RateName; text: string }) {
  const value = useRate(name);
  const shown = useComputed(() => rate(value.value));
  return (
    <span class="cew-sweep-key">
      <span class={`cew-key cew-key-${name}`} aria-hidden="true" />
      {text} <b>{shown}</b>
    </span>
  );
}

function RateDot({ name }: { name: RateName }) {
  const { traits } = useSession();
  return <Dot className={`cew-dot cew-dot-${name}`} x={traits.threshold} y={useRate(name)} />;
}

/** Precision, recall and F1 over the threshold. */
export function SweepPlot() {
  const session = useSession();
  const { curves, conceptIndex, point, traits } = session;
  const description = useComputed(() =>
    sweepSentence(curves.value, conceptIndex.value, point.value, traits.threshold.value),
  );
  const pick = (x: number) => {
    const stops = curves.value?.stops;
    if (stops?.length) session.setThreshold(stops[nearestStop(stops, x)] as number);
  };
  return (
    <UnitPlot
      name="Threshold sweep"
      className="cew-sweep"
      description={description}
      xLabel="Threshold"
      yLabel="Rate"
      head={
        <>
          <strong>Threshold sweep</strong>
          {RATES.map((r) => (
            <Key key={r.name} {...r} />
          ))}
        </>
      }
      hint=""
      curves={<SweepCurves />}
      marks={
        <>
          {curves.value && <Rule x={traits.threshold} />}
          {RATES.map(({ name }) => (
            <RateDot key={name} name={name} />
          ))}
        </>
      }
      onPick={pick}
      onPickEnd={() => session.flushThreshold()}
    />
  );
}
