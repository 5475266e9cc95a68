/** What a saved notebook shows in the place of a widget: it stands on the page of the living one, too, out of sight. */
import type { Model } from "./kernel.ts";

/**
 * Hides a widget's own saved output, wherever on the page it stands, until the returned function is called.
 *
 * For where no style tells which output belongs to which widget: beside one in a box of another cell, or in a host whose
 * outputs have other classes than Jupyter's. Python marks it with the id of the widget's layout (`widget/export/saved.py`).
 */
export function hideSaved(model: Model): () => void {
  const id = (model.get("layout") as { model_id?: string } | null | undefined)?.model_id;
  const style = document.createElement("style");
  const own = `.cew-of-${id}`;
  style.textContent = `${own}, .jp-OutputArea-child:has(${own}):not(:has(.cew)) { display: none }`;
  if (id) document.head.append(style);
  return () => style.remove();
}
