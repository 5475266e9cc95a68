/** Reliability diagram: how often inputs of a score are positive, bin by bin. */
import { useComputed } from "@preact/signals";
import { plural } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { BinInputs } from "../../views/BinInputs.tsx";
import { layersOf } from "../../views/layers.ts";
import { Rule } from "../../views/marks.tsx";
import { useScorePointer } from "../../views/scorePointer.ts";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { Beside, CalibrationKeys } from "./beside.tsx";
import { binOf, intervalPath, linePath, nearestBin, shares } from "./bins.ts";
import { binText, calibrationSentence, errorSentence } from "./sentences.ts";
import "./style.css";

/** The error beside what chance alone gives, and whose it is where that is no single concept's. */
function Head({ section }: PanelProps<"calibration">) {
  const { threshold } = useWorkbench();
  const bin = useComputed(() => section.value && binOf(section.value, threshold.value));
  const shown = section.value;
  if (shown === null) return null;
  const { value, beside } = errorSentence(shown);
  return (
    <>
      <span>
        <span class="cew-key cew-key-calibration" aria-hidden="true" />
        ECE <b>{value}</b>
      </span>
      {beside && <span class="cew-muted">{beside}</span>}
      {shown.head.concept === null && <span class="cew-muted">all decisions pooled</span>}
      <BinInputs bin={bin.value} concept={shown.head.concept} />
      <CalibrationKeys />
    </>
  );
}

/** The bins with the 95 % interval of each share; a dot stands for each, as large in any drawing. */
function Dots({ section }: PanelProps<"calibration">) {
  const shown = section.value;
  if (shown === null) return null;
  const at = shares(shown);
  return (
    <>
      {Array.from(shown.arrays.mean_scores, (x, i) => (
        <circle key={x} class="cew-calibration-bin" r="4" cx={`${x * 100}%`} cy={`${(1 - (at[i] as number)) * 100}%`}>
          <title>
            {`${plural(shown.arrays.sizes[i] as number, "decision")}, ${shown.arrays.positives[i]} positive`}
          </title>
        </circle>
      ))}
    </>
  );
}

/** The diagram with the threshold as a rule; read-out and click are as on the sweep. */
function Reliability({ section }: PanelProps<"calibration">) {
  const workbench = useWorkbench();
  const { evaluation, threshold } = workbench;
  const description = useComputed(() => calibrationSentence(section.value, evaluation.value));
  const shown = section.value;
  const { pick, read } = useScorePointer();
  const look = (x: number) => {
    const found = shown && read(x);
    const bin = shown ? nearestBin(shown, x) : -1;
    if (!found || bin < 0) return null;
    const y = shares(shown)[bin] as number;
    return { x: shown.arrays.mean_scores[bin] as number, y, text: `${binText(shown, bin)}\n${found.text}` };
  };
  const empty = shown?.head.error === null ? "No calibration: there are no scores." : "";
  return (
    <UnitPlot
      name="Calibration"
      className="cew-calibration"
      description={description}
      xLabel="Mean score of the bin"
      yLabel="Share of positives"
      head={<Head section={section} />}
      hint={shown ? empty : "Loading the bins…"}
      curves={
        <>
          <path class="cew-chance" d="M0,0L1,1" />
          <Beside section={section} />
          {shown && layersOf(workbench).intervals && <path class="cew-calibration-interval" d={intervalPath(shown)} />}
          {shown && <path class="cew-line cew-calibration-line" d={linePath(shown)} />}
        </>
      }
      marks={
        shown && (
          <>
            <Rule x={threshold} />
            <text class="cew-chance-label" x="98%" y="96%" text-anchor="end">
              - - calibrated
            </text>
            <Dots section={section} />
          </>
        )
      }
      onLook={look}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold(true)}
    />
  );
}

export default Reliability;
