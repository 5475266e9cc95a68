/** The sweep as it is drawn, which its plot asks for where the common stops leave scores between them. */
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "outline",
  title: "Outline of the sweep",
  slot: "layer",
  order: 30,
  View: () => null,
  params: ({ evaluation, conceptIndex }) => ({ concept: evaluation.value?.concepts[conceptIndex.value]?.id ?? null }),
});
