/** Under which conditions the numbers were made; what the headline warns of leads here. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

export default registerLate(
  {
    id: "conditions",
    title: "Conditions",
    slot: "below",
    order: 60,
    led: (workbench, words) => {
      workbench.choice("conditions.led", "").value = words;
    },
  },
  late<typeof import("./View.late.tsx")>("conditions/View"),
);
