/** How a plot is had, under it. */
import { useComputed } from "@preact/signals";
import { useWorkbench } from "../context.ts";
import { howDrawn } from "./howDrawn.ts";

/** A line of plain words; whole on hover where it is cut. */
export default function HowDrawn({ plot }: { plot: string }) {
  const { evaluation, conceptIndex } = useWorkbench();
  const text = useComputed(() => (evaluation.value ? howDrawn(plot, evaluation.value, conceptIndex.value) : ""));
  return <p title={text}>{text}</p>;
}
