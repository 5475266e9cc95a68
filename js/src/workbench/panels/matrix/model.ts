/** What the matrix asks for and keeps. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useWorkbench } from "../../context.ts";
import type { Question } from "../../demand.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { PanelProps } from "../../panel.tsx";
import type { Workbench } from "../../workbench.ts";
import { type Cells, cellsAt, type Matrix, type MatrixKind } from "./cells.ts";
import { kindOf } from "./params.ts";

/** What is drawn: cells of the thresholds on screen, or older ones that are dimmed until those are known. */
export interface Drawn {
  readonly data: Evaluation;
  readonly matrix: Matrix;
  readonly cells: Cells;
  /** Whether the cells are those of the threshold on screen. */
  readonly fresh: boolean;
}

/** Every concept's threshold, where the matrix has one. */
const thresholdsOf = (workbench: Workbench, data: Evaluation, kind: MatrixKind) =>
  kind === "count" ? data.concepts.map((_, k) => workbench.thresholdOf(k)) : [];

/** Asks, once the threshold rests, for the counts between stops of which those at the stops tell nothing. */
function useExact({ section }: PanelProps<"matrix">): ReadonlySignal<Matrix | null> {
  const workbench = useWorkbench();
  const { evaluation, demand, settled } = workbench;
  const question = useComputed<Question<"matrix"> | null>(() => {
    const [data, sent] = [evaluation.value, section.value];
    if (!data || !sent?.arrays.stops || cellsAt(sent, data, settled.value)) return null;
    const params = { kind: sent.head.kind, thresholds: [...settled.value] };
    return { action: "panel", panel: "matrix", run: data.run, revision: data.revision, params };
  });
  useSignalEffect(() => {
    if (question.value) demand.want(question.value);
  });
  return useComputed(() => (question.value ? demand.supply(question.value).value.section : null));
}

/** Follows the threshold in the page where the counts are here; else keeps the last cells until Python's are. */
export function useDrawn({ section }: PanelProps<"matrix">): ReadonlySignal<Drawn | null> {
  const workbench = useWorkbench();
  const exact = useExact({ section });
  const last = useRef<Drawn | null>(null);
  return useComputed(() => {
    const data = workbench.evaluation.value;
    if (data === null) return null;
    const kind = kindOf(workbench).value;
    const thresholds = thresholdsOf(workbench, data, kind);
    for (const matrix of [section.value, exact.value]) {
      const cells = matrix?.head.kind === kind ? cellsAt(matrix, data, thresholds) : null;
      if (matrix && cells) {
        last.current = { data, matrix, cells, fresh: true };
        return last.current;
      }
    }
    const { data: of, matrix } = last.current ?? {};
    const same = of?.run === data.run && matrix?.head.kind === kind;
    last.current = same && last.current ? { ...last.current, fresh: false } : null;
    return last.current;
  });
}
