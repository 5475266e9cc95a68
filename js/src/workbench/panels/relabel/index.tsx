/** The inputs marked as mislabelled, and what the figures would be with the labels proposed. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";

export default registerPanel({
  id: "relabel",
  title: "Relabel",
  slot: "below",
  order: 25,
  View: late<typeof import("./View.late.tsx")>("relabel/View"),
  unavailable: (data) => (data.has_counts ? "" : "The platform’s curves hold rates; there are no inputs to relabel."),
  params: (workbench) => ({ relabels: workbench.traits.relabels.value }),
  untaken: (section) => (section?.head.changed ? "" : "No input is marked."),
});
