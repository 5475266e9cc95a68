/** The curves of all decisions together, which the plots of curves draw around the chosen one (`views/layers.ts`). */
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "micro",
  title: "Micro average",
  slot: "layer",
  order: 40,
  View: () => null,
  params: () => ({}),
});
