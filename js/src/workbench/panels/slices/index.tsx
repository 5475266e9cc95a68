/** How good it is on each slice of the inputs, and one of them by itself on the whole page. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

export default registerLate(
  { id: "slices", title: "Slices", slot: "below", order: 22 },
  late<typeof import("./View.late.tsx")>("slices/View"),
);
