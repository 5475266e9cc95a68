/** How a plot is had, under it. */
import { useComputed } from "@preact/signals";
import { useWorkbench } from "../context.ts";
import { howDrawn, howMany } from "./howDrawn.ts";

/** Two lines of plain words, how and from what; whole on hover where they are cut. */
export default function HowDrawn({ plot }: { plot: string }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const said = (words: typeof howDrawn) =>
    useComputed(() => (evaluation.value ? words(plot, evaluation.value, conceptIndex.value) : ""));
  const [how, many] = [said(howDrawn), said(howMany)];
  return (
    <>
      <p title={how}>{how}</p>
      <p title={many}>{many}</p>
    </>
  );
}
