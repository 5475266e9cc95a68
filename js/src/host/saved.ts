/** What a saved notebook shows in the place of a widget: it stands on the page of the living one, too, out of sight. */
import type { Model } from "./kernel.ts";

/**
 * Hides a widget's own saved output, wherever on the page it stands, until the returned function is called.
 *
 * It may stand in another cell than the view, and hosts have outputs of other classes than Jupyter's, whose room would be left
 * empty. Python marks it with the id of the widget's layout (`widget/export/saved.py`).
 */
export function hideSaved(model: Model): () => void {
  const { model_id } = (model.get("layout") ?? {}) as { model_id?: string };
  const style = document.createElement("style");
  style.textContent = `.jp-OutputArea-child:has(.cew-of-${model_id}):not(:has(.cew)),.cew-of-${model_id}{display:none}`;
  document.head.append(style);
  return () => style.remove();
}
