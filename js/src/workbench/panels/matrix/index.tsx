/** Which concepts are taken for which; a click on a cell lists its inputs. */
import { late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";
import type { MatrixKind } from "./cells.ts";

export default registerLate(
  {
    id: "matrix",
    title: "Confusion matrix",
    slot: "below",
    order: 10,
    // The headline counts by the highest score.
    led: (workbench) => {
      workbench.choice<MatrixKind>("matrix.kind", "count").value = "argmax";
    },
  },
  late<typeof import("./View.late.tsx")>("matrix/View"),
);
