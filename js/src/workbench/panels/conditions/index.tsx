/** Under which conditions the numbers were made; what the headline warns of leads here. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "conditions",
  title: "Conditions",
  slot: "below",
  order: 60,
  View: late<typeof import("./View.late.tsx")>("conditions/View"),
  params: () => ({}),
  led: (workbench, words) => {
    workbench.choice("conditions.led", "").value = words;
  },
});
