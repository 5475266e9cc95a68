/** Evaluations side by side: which is better, on which concepts, and which inputs tell them apart. */
import { useContext } from "preact/hooks";
import { LateContext, late } from "../../../parts/late.tsx";
import { registerLate } from "../../panel.tsx";

const Verdict = late<typeof import("./Said.late.tsx")>("compare/Said", true);

/** What the headline says where what is on screen is compared, or where the version is away from home; it has its room. */
function Said() {
  return useContext(LateContext)?.here.value ? <Verdict /> : null;
}

export default registerLate(
  { id: "compare", title: "Compare", slot: "below", order: 30, Said },
  late<typeof import("./View.late.tsx")>("compare/View"),
);
