/** Thresholds by every criterion, as buttons that show what they give before they are taken. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

export default registerLate(
  { id: "choose", title: "Choose a threshold", slot: "choosing", order: 10 },
  late<typeof import("./View.late.tsx")>("choose/View"),
);
