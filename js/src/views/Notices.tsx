import type { ComponentChildren } from "preact";
import type { Failure } from "../protocol.ts";
import { useSession } from "./context.ts";
import { Wait } from "./Wait.tsx";

interface FailureProps {
  failure: Pick<Failure, "title" | "message" | "details"> & Partial<Pick<Failure, "code" | "req_id">>;
  children?: ComponentChildren;
}

/** What else is known; folded away where it only repeats what was said in other words. */
function Details({ text, said }: { text: string; said: string }) {
  if (text === "" || text === said) return null;
  if (said === "" || !text.includes(said)) return <p class="cew-muted">{text}</p>;
  return (
    <details class="cew-muted cew-small">
      <summary>Details</summary>
      {text}
    </details>
  );
}

/** A failure for a stranger's eyes: what, why, what to do; codes for support last. */
export function FailureNotice({ failure, children }: FailureProps) {
  const { title, message, details, code, req_id } = failure;
  const support = [code ? `code ${code}` : "", req_id ? `request ${req_id}` : ""].filter(Boolean).join(" · ");
  return (
    <div class="cew-notice cew-notice-error" role="group" aria-label={title}>
      <div class="cew-notice-body">
        <strong>{title}</strong>
        {message && message !== title && <p>{message}</p>}
        <Details text={details} said={message} />
        {support && <p class="cew-muted cew-small">For support: {support}</p>}
      </div>
      {children && <div class="cew-notice-actions">{children}</div>}
    </div>
  );
}

/** Trouble of the whole widget: server gone, key refused, an app or model that could not be opened. */
export function Notices() {
  const { traits, actions, curvesProblem, gone } = useSession();
  const problem = traits.problem.value;
  const controls = ["app", "model", "refresh"].filter((control) => control in actions.errors.value);
  const refresh = () => actions.start("refresh", { action: "refresh" });
  return (
    <>
      {gone.value && (
        <FailureNotice
          failure={{
            title: "The kernel was restarted or stopped",
            message: "What is shown is what was last known. Run this widget’s cell again to go on.",
            details: "",
          }}
        />
      )}
      {problem && (
        <FailureNotice failure={problem}>
          {problem.action === "refresh" && (
            <button type="button" aria-disabled={"refresh" in actions.pending.value} onClick={refresh}>
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
      {curvesProblem.value && (
        <FailureNotice failure={{ title: "The results cannot be shown", message: curvesProblem.value, details: "" }} />
      )}
    </>
  );
}
