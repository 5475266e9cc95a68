/** Why some of the inputs could not be put on screen by themselves. */
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import { useWorkbench } from "../context.ts";

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
