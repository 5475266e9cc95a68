/** Thresholds by every criterion, as buttons that show what they give before they are taken. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";
import { chooseParams } from "./params.ts";

export default registerPanel({
  id: "choose",
  title: "Choose a threshold",
  slot: "choosing",
  order: 10,
  View: late<typeof import("./View.late.tsx")>("choose/View"),
  unavailable: ({ has_counts }) =>
    has_counts ? "" : "Choosing a threshold needs exact counts, and the platform sent rates only.",
  params: chooseParams,
});
