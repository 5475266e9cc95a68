/** The bin of scores in which the threshold lies, and the ways to its inputs. */
import { useWorkbench } from "../context.ts";
import { Lead } from "./Lead.tsx";

/** A bin: the scores from `low` up to `high`, null where it has no end, and how many decisions of each class it holds. */
export interface Bin {
  readonly low: number;
  readonly high: number | null;
  readonly positives: number;
  readonly negatives: number;
}

/** Both counts of the bin at the threshold; every bin is reached by moving that. */
export function BinInputs({ bin, concept }: { bin: Bin | null; concept: string | null }) {
  const { evaluation } = useWorkbench();
  if (bin === null) return null;
  const { low, high, positives, negatives } = bin;
  const of = evaluation.value?.concepts.find(({ id }) => id === concept) ?? null;
  return (
    <span class="cew-bin" title="Inputs whose scores are in the bin of the threshold">
      {"At the line: "}
      <Lead
        figure="num_pos"
        of={of}
        also={{ low, high }}
        label={`Positives in this bin, ${positives} pos.: show the inputs`}
      >
        {positives} pos.
      </Lead>{" "}
      <Lead
        figure="num_neg"
        of={of}
        also={{ low, high }}
        label={`Negatives in this bin, ${negatives} neg.: show the inputs`}
      >
        {negatives} neg.
      </Lead>
    </span>
  );
}
