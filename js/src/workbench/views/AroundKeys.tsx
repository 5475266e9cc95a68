/** The place of the key of what is drawn around a curve. */
import { useContext } from "preact/hooks";
import { LateContext, late } from "../../parts/late.tsx";

const Keys = late<typeof import("./LayerKeys.late.tsx")>("views/LayerKeys", true);

/** The key of what is drawn around a plot's curve, once the late views are here; it has its room before. */
export function AroundKeys(props: { plot: "roc" | "sweep" }) {
  return useContext(LateContext)?.here.value ? <Keys {...props} /> : null;
}
