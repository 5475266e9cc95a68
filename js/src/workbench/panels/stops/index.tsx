/** A concept's own stops, which the workbench asks for (`workbench/ownStops.ts`) and every plot of it then follows. */
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "stops",
  title: "Own stops",
  slot: "layer",
  order: 20,
  View: () => null,
  params: ({ evaluation, conceptIndex }) => ({ concept: evaluation.value?.concepts[conceptIndex.value]?.id ?? "" }),
});
