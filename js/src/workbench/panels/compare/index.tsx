/** Evaluations side by side: which is better, on which concepts, and which inputs tell them apart. */
import { useContext } from "preact/hooks";
import { LateContext, late } from "../../../parts/late.tsx";
import { type Asking, registerPanel } from "../../panel.tsx";
import { comparedNames, compareParams, compareSubject } from "./params.ts";

const Verdict = late<typeof import("./Said.late.tsx")>("compare/Said", true);

const panel: Asking<"compare"> = {
  id: "compare",
  title: "Compare",
  slot: "below",
  order: 30,
  View: late<typeof import("./View.late.tsx")>("compare/View"),
  params: compareParams,
  subject: compareSubject,
  of: comparedNames,
  untaken: (section) => (section ? "" : "Fewer than two evaluations are compared."),
};

/** What the headline says where what is on screen is compared, or where the version is away from home; it has its room. */
function Said() {
  return useContext(LateContext)?.here.value ? <Verdict panel={panel} /> : null;
}

export default registerPanel({ ...panel, Said });
