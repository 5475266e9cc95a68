/** A wait beside the control that waits. */
import { waitText } from "./actions.ts";
import { useActions } from "./context.ts";

/** Says beside a control that its action waits for the kernel. */
export function Wait({ control }: { control: string }) {
  const text = waitText(useActions().pending.value[control]);
  return text ? <span class="cew-wait">{text}</span> : null;
}
