/** A pointer held down on an element, as plots and the slider follow it. */

/** What to spread onto the element that is dragged on. */
export interface DragHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
}

/**
 * Handlers for a press and every move until the release.
 *
 * The pointer is captured, so that a drag goes on outside the element and ends there too. Only the main button counts.
 */
export function dragged(onMove: (event: PointerEvent) => void, onEnd: () => void): DragHandlers {
  const move = (event: PointerEvent) => {
    if (event.buttons & 1) onMove(event);
  };
  const press = (event: PointerEvent) => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    move(event);
  };
  return { onPointerDown: press, onPointerMove: move, onPointerUp: onEnd };
}
