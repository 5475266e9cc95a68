/** Some of the inputs by themselves on screen. */
import type { Workbench } from "./workbench.ts";

/** Shows the inputs with this value of a field by themselves; without a field, all of them again. */
export function narrow({ actions, traits }: Workbench, by = "", value = ""): void {
  actions.start("narrow", { action: "narrow", run: traits.viewing.value, by, value });
}
