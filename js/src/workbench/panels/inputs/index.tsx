/** The inputs behind a number, page by page. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

export default registerLate(
  { id: "inputs", title: "Inputs", slot: "below", order: 20 },
  late<typeof import("./View.late.tsx")>("inputs/View"),
);
