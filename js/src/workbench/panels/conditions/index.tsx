/** Under which conditions the numbers were made; a code in the headline leads here. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "conditions",
  title: "Conditions",
  slot: "below",
  order: 60,
  View: late<typeof import("./View.late.tsx")>("conditions/View"),
  params: () => ({}),
});
