/** A dialog over the page. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import "./dialog.css";

interface DialogProps {
  title: string;
  /** Called when it is left by Escape or Close. */
  onClose: () => void;
  children: ComponentChildren;
}

/** Modal while it is on the page: the rest waits. The keyboard's place goes into it, and back when it is taken away. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = element?.ownerDocument.activeElement;
    element?.showModal?.();
    return () => {
      element?.close?.();
      (before as HTMLElement | null)?.focus?.({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="cew-dialog cew-float"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div>
        <h3 id={id}>{title}</h3>
        <button type="button" class="cew-link" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      {children}
    </dialog>
  );
}
