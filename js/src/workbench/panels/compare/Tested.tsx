/** A verdict whose p-value leads to the inputs that the test rests on. */
import { useWorkbench } from "../../context.ts";
import { showDiffering } from "./leads.ts";
import type { Other } from "./model.ts";
import { differTitle, pText } from "./sentences.ts";

interface TestedProps {
  readonly other: Other;
  /** Keys of the runs. */
  readonly pair: readonly [string, string];
  /** Whose decisions are meant; null: by the highest score. */
  readonly concept: string | null;
  /** The name of that concept. */
  readonly name: string | null;
  /** The verdict in words. */
  readonly children: string;
}

/** The words, with a button in the place of the p-value; plain where the inputs are not paired. */
export function Tested({ other, pair, concept, name, children: said }: TestedProps) {
  const workbench = useWorkbench();
  const p = pText(other.p_value);
  const at = p && other.only_first !== null ? said.indexOf(p) : -1;
  if (at < 0) return <>{said}</>;
  return (
    <>
      {said.slice(0, at)}
      <button
        type="button"
        class="cew-lead"
        title={differTitle(name)}
        onClick={() => showDiffering(workbench, concept, pair)}
      >
        {p}
      </button>
      {said.slice(at + p.length)}
    </>
  );
}
