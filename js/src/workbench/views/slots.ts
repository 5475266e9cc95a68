/** Which panels stand where. */
import panels from "panels:all";
import { PANELS } from "../../wire/contract.generated.ts";
import type { Panel, Slot } from "../panel.tsx";

/** The panels of a slot, in their order. */
export function inSlot(slot: Slot): Panel[] {
  return panels.filter((one) => one.slot === slot).sort((a, b) => a.order - b.order);
}

/** The panel of a name; undefined for none. */
export function panelNamed(name: string): Panel | undefined {
  return panels.find((one) => one.id === name);
}

/** The panels that can be taken away. */
export const takeable = (): Panel[] => panels.filter((one) => PANELS[one.id].forms.length > 0);
