/** The inputs behind a number, page by page. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";
import { inputsParams, unavailable } from "./params.ts";

export default registerPanel({
  id: "inputs",
  title: "Inputs",
  slot: "below",
  order: 20,
  View: late<typeof import("./View.late.tsx")>("inputs/View"),
  unavailable,
  params: inputsParams,
  untaken: (section) => (section?.head.total ? "" : "No inputs are listed."),
});
