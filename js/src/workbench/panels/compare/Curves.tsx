/** The curves of all that is compared, in one plot. */
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { rate, roughly } from "../../../parts/format.ts";
import { useWorkbench } from "../../context.ts";
import { stepPath } from "../../stepPath.ts";
import { curvePath } from "../../unitPlot.ts";
import { UnitPlot } from "../../views/UnitPlot.tsx";
import { type Compared, heightAt, type Lines, letter, linesOf, nearestOf } from "./model.ts";

/** Which curves are drawn, and what they and the areas below them are called. */
const KINDS = {
  roc: {
    tab: "ROC",
    name: "ROC curves compared",
    area: "AUC",
    said: "ROC AUC",
    x: "False positive rate",
    across: "FPR",
    up: "TPR",
    y: "True positive rate",
  },
  pr: {
    tab: "Precision–recall",
    name: "Precision–recall curves compared",
    area: "AP",
    said: "Average precision",
    x: "Recall",
    across: "recall",
    up: "precision",
    y: "Precision",
  },
} as const;

/** A kind of curve. */
type Kind = keyof typeof KINDS;

/** The letter of an evaluation beside a stroke of its line. */
export function Key({ at }: { at: number }) {
  return (
    <span class="cew-compare-key">
      <svg viewBox="0 0 20 4" aria-hidden="true">
        <path class={`cew-line cew-compare-${at}`} d="M0,2H20" />
      </svg>
      <b>{letter(at)}</b>
    </span>
  );
}

/** The concept that curves and decisions are of. */
export function nameOf({ head }: Compared): string {
  const at = head.concepts.indexOf(head.concept ?? "");
  return head.concept === null ? "Macro average" : head.names[at] || head.concept;
}

/** The curve of the evaluation at a place. */
function pathOf({ offsets, x, y, steps }: Lines, i: number): string {
  return (steps ? stepPath : curvePath)(x, y, offsets[i] ?? 0, offsets[i + 1] ?? 0);
}

/** What a pointer does on the curves: read all of them off at one place, and take the threshold of the nearest point. */
function usePointer(lines: Lines, { across, up }: (typeof KINDS)[Kind]) {
  const workbench = useWorkbench();
  const pick = (px: number, py: number) => {
    const threshold = lines.thresholds[nearestOf(lines, px, py)?.at ?? -1];
    if (threshold !== undefined && !Number.isNaN(threshold)) workbench.setThreshold(threshold);
  };
  const look = (px: number, py: number) => {
    const found = nearestOf(lines, px, py);
    if (found === null) return null;
    const { curve, at } = found;
    const [x, y, threshold] = [lines.x[at], lines.y[at], lines.thresholds[at]] as [number, number, number];
    const heights = Array.from({ length: lines.offsets.length - 1 }, (_, i) => {
      const height = i === curve ? y : heightAt(lines, i, x);
      return `${letter(i)} ${rate(height)}`;
    });
    const click = Number.isNaN(threshold) ? "" : `Click: threshold ${roughly(threshold)} of ${letter(curve)}`;
    return { x, y, text: [click, `${across} ${rate(x)}`, `${up} ${heights.join(" · ")}`].filter(Boolean).join("\n") };
  };
  return { pick, look };
}

/** The curves of all, of the concept on screen: ROC or precision–recall, as chosen. */
export function Curves({ shown }: { shown: Compared }) {
  const workbench = useWorkbench();
  const chosen = workbench.choice<Kind>("compare.curves", "roc");
  const kind = chosen.value;
  const { tab, name, area, said, x, y } = KINDS[kind];
  const lines = useMemo(() => linesOf(shown, kind), [shown, kind]);
  const { pick, look } = usePointer(lines, KINDS[kind]);
  const areas = kind === "roc" ? shown.head.areas : shown.head.average_precisions;
  const concept = nameOf(shown);
  const words = `${said} of ${concept}: ${areas.map((one, i) => `${letter(i)} ${rate(one)}`).join(", ")}.`;
  const description = useMemo(() => signal(words), [words]);
  return (
    <div class="cew-compare-curves">
      <div class="cew-tabs" role="group" aria-label="Curves compared">
        {(Object.keys(KINDS) as Kind[]).map((one) => (
          <button
            key={one}
            type="button"
            class="cew-tab"
            aria-pressed={one === kind}
            onClick={() => (chosen.value = one)}
          >
            {KINDS[one].tab}
          </button>
        ))}
      </div>
      <UnitPlot
        key={tab}
        name={name}
        className="cew-compare-plot"
        description={description}
        xLabel={x}
        yLabel={y}
        head={
          <>
            <span class="cew-muted">{concept}</span>
            {areas.map((one, i) => (
              <span key={letter(i)}>
                <Key at={i} /> {area} {rate(one)}
              </span>
            ))}
          </>
        }
        hint=""
        curves={
          <>
            {kind === "roc" && <path class="cew-chance" d="M0,0L1,1" />}
            {areas.map((_, i) => (
              <path key={letter(i)} class={`cew-line cew-compare-${i}`} data-at={i} d={pathOf(lines, i)} />
            ))}
          </>
        }
        marks={null}
        onLook={look}
        onPick={pick}
        onPickEnd={() => workbench.flushThreshold(true)}
      />
    </div>
  );
}
