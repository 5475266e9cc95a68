/** The inputs marked as mislabelled, and what the figures would be with the labels proposed. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

export default registerLate(
  { id: "relabel", title: "Relabel", slot: "below", order: 25 },
  late<typeof import("./View.late.tsx")>("relabel/View"),
);
