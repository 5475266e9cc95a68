/** The shades of a large matrix as a picture of a pixel a cell: a path of a million cells would take seconds. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Cells, SHADES, shadeOf, shareIn } from "./cells.ts";

/** Beyond so many concepts the cells are drawn as a picture. */
export const AS_PATHS = 200;

/** The least and the most that a cell which is not empty covers of what is behind it, in 1 to 255. */
const [FAINT, STRONG] = [60, 255];

/** Red, green and blue of hits and of confusions. */
export type Colours = readonly [hit: readonly number[], confusion: readonly number[]];

/** A pixel a cell as RGBA: the colour of hits on the diagonal, of confusions beside it, the stronger the larger the share. */
export function shadePixels(cells: Cells, order: readonly number[], [hit, confusion]: Colours): Uint8ClampedArray {
  const size = order.length;
  const pixels = new Uint8ClampedArray(4 * size * size);
  for (let y = 0, at = 0; y < size; y++) {
    const row = order[y] as number;
    for (let x = 0; x < size; x++, at += 4) {
      const shade = shadeOf(shareIn(cells, row, order[x] as number));
      if (shade === 0) continue;
      pixels.set(x === y ? hit : confusion, at);
      pixels[at + 3] = FAINT + ((STRONG - FAINT) * (shade - 1)) / (SHADES - 1);
    }
  }
  return pixels;
}

/** Red, green and blue of a colour as the browser computes it: of one in another notation it draws a pixel. */
function channels(element: Element, property: string): number[] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (context === null) return [128, 128, 128];
  context.fillStyle = getComputedStyle(element).getPropertyValue(property);
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** The picture; drawn anew with other cells, in another order, and once the theme has changed. */
export function Shades({ cells, order }: { cells: Cells; order: readonly number[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly unknown[]>([]);
  const paint = () => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    // The properties that carry them are computed colours, which light-dark() is not.
    const colours: Colours = [channels(element, "border-top-color"), channels(element, "border-bottom-color")];
    const now = [cells, order, colours.join()];
    if (now.every((one, i) => one === last.current[i])) return;
    last.current = now;
    const pixels = shadePixels(cells, order, colours) as Uint8ClampedArray<ArrayBuffer>;
    context.putImageData(new ImageData(pixels, order.length), 0, 0);
  };
  useLayoutEffect(paint);
  // Whatever changes the colours, a theme or the system's preference, they pass over to the new ones: that is told.
  const latest = useRef(paint);
  latest.current = paint;
  useEffect(() => {
    const repaint = () => latest.current();
    canvas.current?.addEventListener("transitionend", repaint);
    return () => canvas.current?.removeEventListener("transitionend", repaint);
  }, []);
  return (
    <div class="cew-matrix-shades" aria-hidden="true">
      <canvas ref={canvas} width={order.length} height={order.length} />
    </div>
  );
}
