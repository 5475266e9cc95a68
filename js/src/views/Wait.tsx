import { waitText } from "../actions.ts";
import { useSession } from "./context.ts";

/** Says beside a control that its action waits for the kernel. */
export function Wait({ control }: { control: string }) {
  const text = waitText(useSession().actions.pending.value[control]);
  return text ? <span class="cew-wait">{text}</span> : null;
}
