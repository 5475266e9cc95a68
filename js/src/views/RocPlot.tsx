import { useComputed } from "@preact/signals";
import type { Curves } from "../protocol.ts";
import { aucSentence, rocSentence } from "../status.ts";
import { curvePath, nearestPoint } from "../unitPlot.ts";
import { useSession } from "./context.ts";
import { Dot } from "./marks.tsx";
import { UnitPlot } from "./UnitPlot.tsx";

/** Path of the ROC of concept `k`; the macro average when `k` is the number of concepts. */
export function rocPath(data: Curves, k: number): string {
  const concept = data.concepts[k];
  if (concept === undefined) return curvePath(data.macroRoc.fpr, data.macroRoc.tpr, 0, data.macroRoc.fpr.length);
  const { offsets, x, y } = data.roc;
  const [from, to] = [offsets[k] ?? 0, offsets[k + 1] ?? 0];
  return data.counts ? curvePath(x, y, from, to, concept.num_neg, concept.num_pos) : curvePath(x, y, from, to);
}

/** Path of the ROC of concept `k` in the fold at position `f`. */
export function foldRocPath(data: Curves, f: number, k: number): string {
  if (data.foldRoc === null) return "";
  const { offsets, fpr, tpr } = data.foldRoc;
  const at = f * (data.concepts.length + 1) + k;
  return curvePath(fpr, tpr, offsets[at] ?? 0, offsets[at + 1] ?? 0);
}

function RocCurves() {
  const { curves, conceptIndex } = useSession();
  const data = curves.value;
  const k = conceptIndex.value;
  if (data === null) return null;
  return (
    <>
      {data.folds.map((fold, f) => (
        <path key={fold} class="cew-line cew-fold cew-roc-fold" data-fold={fold} d={foldRocPath(data, f, k)} />
      ))}
      <path
        class="cew-line cew-roc-curve"
        data-run={data.run}
        data-revision={data.revision}
        data-concept={data.concepts[k]?.id}
        d={rocPath(data, k)}
      />
    </>
  );
}

function RocHead() {
  const { curves, conceptIndex } = useSession();
  const data = curves.value;
  const auc = data ? aucSentence(data, conceptIndex.value) : null;
  return (
    <>
      <strong>ROC</strong>
      {auc && (
        <span class="cew-roc-auc">
          <span class="cew-key cew-key-roc" aria-hidden="true" />
          AUC <b>{auc.value}</b> {auc.which && <span class="cew-muted">{auc.which}</span>}
        </span>
      )}
      {auc?.spread && (
        <span class="cew-muted">
          <span class="cew-key cew-key-fold" aria-hidden="true" />
          {auc.spread}
        </span>
      )}
    </>
  );
}

/** True positive rate over false positive rate, with the operating point at the threshold. */
export function RocPlot({ hint }: { hint: string }) {
  const session = useSession();
  const { curves, conceptIndex, point, traits } = session;
  const description = useComputed(() =>
    rocSentence(curves.value, conceptIndex.value, point.value, traits.threshold.value),
  );
  const fpr = useComputed(() => point.value?.fpr ?? null);
  const tpr = useComputed(() => point.value?.recall ?? null);
  const pick = (x: number, y: number) => {
    const data = curves.value;
    const rates = session.sweep.value;
    if (!data || !rates) return;
    const stop = nearestPoint(rates.fpr, rates.recall, x, y);
    if (stop >= 0) session.setThreshold(data.stops[stop] as number);
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
          <RocCurves />
        </>
      }
      marks={
        <>
          {!hint && (
            <text class="cew-chance-label" x="62%" y="46%">
              chance
            </text>
          )}
          <Dot className="cew-dot cew-dot-roc" x={fpr} y={tpr} />
        </>
      }
      onPick={pick}
      onPickEnd={() => session.flushThreshold()}
    />
  );
}
