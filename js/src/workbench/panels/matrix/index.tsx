/** Which concepts are taken for which; a click on a cell lists its inputs. */
import { late } from "../../../parts/late.tsx";
import { registerPanel } from "../../panel.tsx";
import { kindOf, matrixParams, unavailable } from "./params.ts";

export default registerPanel({
  id: "matrix",
  title: "Confusion matrix",
  slot: "below",
  order: 10,
  View: late<typeof import("./View.late.tsx")>("matrix/View"),
  unavailable,
  params: matrixParams,
  // The headline counts by the highest score.
  led: (workbench) => {
    kindOf(workbench).value = "argmax";
  },
});
