/** Precision over recall, with the operating point at the threshold. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "precision_recall",
  title: "Precision–recall",
  slot: "curves",
  order: 20,
  View: late<typeof import("./View.late.tsx")>("precision_recall/View"),
  params: () => ({}),
});
