/** The key that switches what is drawn around a curve. */
import { useWorkbench } from "../context.ts";
import { type Layers, layersOf } from "./layers.ts";

/** A part of the key: a click draws the layer, or leaves it out. */
export function LayerKey({
  layer,
  text,
  title,
  missing = "",
}: {
  layer: keyof Layers;
  text: string;
  title: string;
  missing?: string;
}) {
  const workbench = useWorkbench();
  const on = layersOf(workbench)[layer] && missing === "";
  return (
    <button
      type="button"
      class="cew-layer"
      aria-pressed={on}
      aria-disabled={missing !== ""}
      title={missing || `${title}; press to ${on ? "leave out" : "draw"}`}
      onClick={() => {
        if (missing === "") workbench.draw({ [layer]: !on });
      }}
    >
      <span class={`cew-key cew-key-${layer}`} aria-hidden="true" />
      {text}
    </button>
  );
}
