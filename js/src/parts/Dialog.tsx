/** A dialog over the page. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "./dialog.css";

interface DialogProps {
  title: string;
  /** Called when it is left by Escape or Close. */
  onClose: () => void;
  children: ComponentChildren;
}

/** Modal while it is on the page: the rest waits. The keyboard's place goes into it, and back when it is taken away. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = (element?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
    element?.showModal();
    // It is no longer on the page when it closes, so that the browser would give the place back to nobody.
    return () => (before as HTMLElement | null)?.focus({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={dialog}
      class="cew-dialog cew-float"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h3>{title}</h3>
      {children}
    </dialog>
  );
}
