/** A failure on the page. */
import type { ComponentChildren } from "preact";
import type { Failure } from "../wire/contract.generated.ts";

interface FailureProps {
  failure: Pick<Failure, "title" | "message"> & Partial<Failure>;
  /** Whether the rest goes on without what failed. */
  mild?: boolean;
  /** Whether nothing went wrong: it just cannot be had here. */
  quiet?: boolean;
  /** What can be done about it. */
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
export function FailureNotice({ failure, mild, quiet, children }: FailureProps) {
  const { title, message, details = "", code, req_id } = failure;
  const support = [code ? `code ${code}` : "", req_id ? `request ${req_id}` : ""].filter(Boolean).join(" · ");
  return (
    <div
      class={`cew-notice cew-notice-${quiet ? "quiet" : mild ? "warning" : "error"}`}
      role="group"
      aria-label={title}
    >
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
