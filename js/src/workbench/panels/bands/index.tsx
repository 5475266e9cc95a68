/** The bands around a concept's curves, which the plots of those curves draw (`views/layers.ts`). */
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "bands",
  title: "Confidence bands",
  slot: "layer",
  order: 10,
  View: () => null,
  params: ({ evaluation, conceptIndex }) => ({ concept: evaluation.value?.concepts[conceptIndex.value]?.id ?? "" }),
});
