/** Concepts ticked in the table: the plots draw their curves strong beside the chosen one's, each in the way its row shows. */
import { useWorkbench } from "../context.ts";
import type { Workbench } from "../workbench.ts";
import "./ticked.css";

/** How many ways there are to draw a curve, so that each is told apart in grey, too; as Python's `MOST_TICKED`. */
const WAYS = 4;

/** The ids of those ticked, by the way they are drawn; empty for a way that is free. */
export const waysOf = ({ traits }: Workbench): readonly string[] => traits.drawn.value.ticked ?? [];

/** In which way a concept is drawn; -1 when it is not ticked. */
export const wayOf = (workbench: Workbench, id: string): number => waysOf(workbench).indexOf(id);

/** Those ticked once a concept is ticked, or is no more; where all ways are taken, the last one's gives way. */
export function tickedNext(ways: readonly string[], id: string): string[] {
  const next = Array.from({ length: WAYS }, (_, way) => ways[way] ?? "");
  const [own, free] = [next.indexOf(id), next.indexOf("")];
  next[own >= 0 ? own : free >= 0 ? free : WAYS - 1] = own >= 0 ? "" : id;
  return next;
}

/** Ticks a concept, or takes its tick away. */
export function tick(workbench: Workbench, id: string): void {
  workbench.draw({ ticked: tickedNext(waysOf(workbench), id) });
}

/** The curves of those ticked, without the chosen one's, which is drawn anyway. */
export function TickedCurves({ pathOf }: { pathOf: (k: number) => string }) {
  const workbench = useWorkbench();
  const { evaluation, conceptIndex } = workbench;
  const concepts = evaluation.value?.concepts ?? [];
  return (
    <>
      {waysOf(workbench).map((one, way) => {
        const k = one === "" ? -1 : concepts.findIndex(({ id }) => id === one);
        if (k < 0 || k === conceptIndex.value) return null;
        return <path key={one} class={`cew-ticked cew-ticked-${way}`} data-ticked={one} d={pathOf(k)} />;
      })}
    </>
  );
}
