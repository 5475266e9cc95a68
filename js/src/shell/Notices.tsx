/** Trouble that is not one row's or one panel's. */
import { NO_KERNEL } from "../host/host.ts";
import { FailureNotice } from "../parts/FailureNotice.tsx";
import { Wait } from "../parts/Wait.tsx";
import { usePlatform } from "../platform/context.ts";
import type { Failure } from "../wire/contract.generated.ts";

/** What is told of a kernel that is gone. */
export const LOST = {
  title: "The kernel was restarted or stopped",
  message:
    "What is shown is what was last known. Run this widget’s cell again to go on; if another tab restarted the kernel, reload this page first.",
};

/** Trouble of the whole widget: server gone, key refused, an app or model that could not be opened. */
export function Notices() {
  const platform = usePlatform();
  const { traits, actions, workbench } = platform;
  const problem = traits.problem.value;
  const controls = ["app", "model", "refresh"].filter((control) => control in actions.errors.value);
  return (
    <>
      {workbench.gone.value && (
        <FailureNotice failure={workbench.restored ? NO_KERNEL : LOST} mild={workbench.restored} />
      )}
      {problem && (
        <FailureNotice failure={problem} mild={problem.lists.length > 0}>
          {problem.action === "refresh" && (
            <button type="button" aria-disabled={"refresh" in actions.pending.value} onClick={() => platform.refresh()}>
              Retry
            </button>
          )}
          <Wait control="refresh" />
        </FailureNotice>
      )}
      {controls.map((control) => (
        <FailureNotice key={control} failure={actions.errors.value[control] as Failure}>
          <button type="button" onClick={() => actions.dismiss(control)}>
            Dismiss
          </button>
        </FailureNotice>
      ))}
      {workbench.problem.value && (
        <FailureNotice failure={{ title: "The results cannot be shown", message: workbench.problem.value }} />
      )}
    </>
  );
}
