/** How good it is on each slice of the inputs, and one of them by itself on the whole page. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";
import { slicesParams } from "./params.ts";

export default registerPanel({
  id: "slices",
  title: "Slices",
  slot: "below",
  order: 22,
  View: late<typeof import("./View.late.tsx")>("slices/View"),
  unavailable: (data) => (data.has_counts ? "" : "The platform’s curves hold rates; there are no inputs to slice."),
  params: slicesParams,
  untaken: (section) => (section?.head.fields.length ? "" : "There is nothing to slice by."),
});
