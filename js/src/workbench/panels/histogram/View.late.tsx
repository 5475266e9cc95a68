/** Where positives and negatives of the chosen concept score, with the threshold. */
import { useComputed } from "@preact/signals";
import { plural } from "../../../parts/format.ts";
import type { Section } from "../../../wire/payload.ts";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { BinInputs } from "../../views/BinInputs.tsx";
import { Lead } from "../../views/Lead.tsx";
import { Rule } from "../../views/marks.tsx";
import { useScorePointer } from "../../views/scorePointer.ts";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { bars, binOf } from "./bins.ts";
import { binText, histogramSentence, subject } from "./sentences.ts";
import "./style.css";

/** What Python sent. */
type Shown = Section<"histogram">;

/** Whose scores these are, and the key: how many inputs of each class, and in which direction they stand. */
function Head({ section }: PanelProps<"histogram">) {
  const { evaluation, threshold } = useWorkbench();
  const bin = useComputed(() => section.value && binOf(section.value, threshold.value));
  const [data, shown] = [evaluation.value, section.value];
  if (data === null || shown === null) return null;
  const of = data.concepts.find(({ id }) => id === shown.head.concept) ?? null;
  return (
    <>
      <span class="cew-histogram-subject">Scores of {subject(shown, data)}</span>
      <BinInputs bin={bin.value} concept={shown.head.concept} />
      <span>
        <span class="cew-key cew-key-positives" aria-hidden="true" />
        <Lead figure="num_pos" of={of}>
          {plural(shown.head.num_pos, "positive")}
        </Lead>{" "}
        ↑
      </span>
      <span>
        <span class="cew-key cew-key-negatives" aria-hidden="true" />
        <Lead figure="num_neg" of={of}>
          {plural(shown.head.num_neg, "negative")}
        </Lead>{" "}
        ↓
      </span>
    </>
  );
}

/** The histogram with the threshold as a rule; read-out and click are as on the sweep. */
function Histogram({ section }: PanelProps<"histogram">) {
  const workbench = useWorkbench();
  const { evaluation, threshold } = workbench;
  const description = useComputed(() => histogramSentence(section.value, evaluation.value, threshold.value));
  const drawn = useComputed(() => section.value && bars(section.value));
  const { pick, read } = useScorePointer();
  const look = (x: number) => {
    const found = section.value && read(x);
    return found ? { x: found.at, y: 0.5, text: `${binText(section.value as Shown, x)}\n${found.text}` } : null;
  };
  return (
    <UnitPlot
      name="Score histogram"
      className="cew-histogram"
      description={description}
      xLabel="Score"
      yLabel="Share of the class"
      yTicks={drawn.value?.yTicks ?? []}
      head={<Head section={section} />}
      hint={drawn.value ? "" : "Loading scores…"}
      curves={
        drawn.value && (
          <>
            <path class="cew-histogram-positives" d={drawn.value.positives} />
            <path class="cew-histogram-negatives" d={drawn.value.negatives} />
            <path class="cew-histogram-base" d="M0,0.5H1" />
          </>
        )
      }
      marks={drawn.value && <Rule x={threshold} />}
      onLook={look}
      onPick={pick}
      onPickEnd={() => workbench.flushThreshold(true)}
    />
  );
}

export default Histogram;
