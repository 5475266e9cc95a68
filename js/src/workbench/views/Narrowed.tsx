/** Some of the inputs by themselves on screen: that it is so, the way back, and why it could not be. */
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import { plural } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";

/** Says that only some of the inputs are on screen, with the way back; in a line that has its room without it, too. */
export function Narrowed() {
  const workbench = useWorkbench();
  const words = workbench.traits.narrowed.value;
  if (!words) return null;
  const inputs = plural(workbench.evaluation.value?.inputs ?? 0, "input");
  const only = /inputs? listed$/.test(words) ? `Only ${words}` : `Only ${words}: ${inputs}`;
  return (
    <span class="cew-narrowed" role="group" aria-label="Only a part">
      <b title={`${only}. Every number on the page is of these.`}>{only}</b>{" "}
      <button type="button" class="cew-lead" onClick={() => workbench.narrow()}>
        Show all inputs
      </button>
    </span>
  );
}

/** Why some of the inputs could not be shown by themselves. */
export function NarrowingFailed() {
  const { actions } = useWorkbench();
  const failed = actions.errors.value.narrow;
  if (!failed) return null;
  return (
    <FailureNotice failure={failed} mild>
      <button type="button" onClick={() => actions.dismiss("narrow")}>
        Dismiss
      </button>
    </FailureNotice>
  );
}
