/** The matrix as shades, for more concepts than numbers can be read of. */
import { useComputed, useSignal } from "@preact/signals";
import { cellForKey, SHADES, shadeOf, shareIn } from "./cells.ts";
import { asksBoth, CHOOSING, type GridProps } from "./Grid.tsx";
import type { Drawn } from "./model.ts";
import { AS_PATHS, Shades } from "./Shades.tsx";
import { cellSentence } from "./sentences.ts";

/** One path a shade, for hits and for confusions: some tens of thousands of cells are then drawn at once. */
export function shadePaths({ cells }: Drawn, order: readonly number[]): { hits: string[]; confusions: string[] } {
  const paths = { hits: Array<string>(SHADES + 1).fill(""), confusions: Array<string>(SHADES + 1).fill("") };
  order.forEach((row, y) => {
    order.forEach((column, x) => {
      const shade = shadeOf(shareIn(cells, row, column));
      if (shade > 0) paths[row === column ? "hits" : "confusions"][shade] += `M${x},${y}h1v1h-1z`;
    });
  });
  return paths;
}

/** The size of a cell in CSS pixels: that all fit where they can, and a pointer still finds one. */
const cellSize = (size: number) => Math.max(size > 2 * AS_PATHS ? 2 : 4, Math.min(20, Math.floor(620 / size)));

/** A grid of which only the cell looked at is in the page; arrow keys and the pointer move it. */
export function Heat({ drawn, order, onLook, onChoose }: GridProps) {
  const at = useSignal<readonly [number, number]>([0, 0]);
  const shown = drawn.value;
  const paths = useComputed(() => (drawn.value && order.length <= AS_PATHS ? shadePaths(drawn.value, order) : null));
  if (shown === null) return null;
  const { data, cells, matrix } = shown;
  const size = order.length;
  const conceptsAt = ([row, column]: readonly [number, number]) =>
    [order[row] as number, order[column] as number] as const;
  const look = (next: readonly [number, number]) => {
    at.value = next;
    onLook(conceptsAt(next));
  };
  const under = (event: MouseEvent): [number, number] => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const within = (x: number) => Math.min(size - 1, Math.max(0, Math.floor(x * size)));
    return [within((event.clientY - box.top) / box.height), within((event.clientX - box.left) / box.width)];
  };
  const move = (event: KeyboardEvent) => {
    if (CHOOSING.includes(event.key)) {
      event.preventDefault();
      return onChoose(...conceptsAt(at.value), asksBoth(event));
    }
    const next = cellForKey(event.key, at.value, size);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    look(next);
  };
  const [row, column] = conceptsAt(at.value);
  const threshold = matrix.head.thresholds?.[column] ?? 0;
  const [y, x] = at.value;
  return (
    <div
      role="grid"
      class="cew-matrix-heat"
      aria-label="Confusion matrix"
      aria-rowcount={size}
      aria-colcount={size}
      style={{ width: `${size * cellSize(size)}px` }}
      onKeyDown={move}
      onPointerMove={(event) => look(under(event))}
      onPointerLeave={() => onLook(null)}
      onClick={(event) => onChoose(...conceptsAt(under(event)), asksBoth(event))}
    >
      {size > AS_PATHS && <Shades cells={cells} order={order} />}
      <svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
        {paths.value?.confusions.map((d, shade) => d && <path class="cew-matrix-miss" data-shade={shade} d={d} />)}
        {paths.value?.hits.map((d, shade) => d && <path class="cew-matrix-hit" data-shade={shade} d={d} />)}
        <path class="cew-matrix-cross" d={`M0,${y + 0.5}H${size}M${x + 0.5},0V${size}`} />
        <path class="cew-matrix-at" d={`M${x},${y}h1v1h-1z`} />
      </svg>
      {/* biome-ignore lint/a11y/useFocusableInteractive: the cell in it is what takes the focus */}
      <div role="row" aria-rowindex={y + 1}>
        <div
          role="gridcell"
          class="cew-visually-hidden"
          aria-colindex={x + 1}
          tabIndex={0}
          onFocus={() => onLook(conceptsAt(at.value))}
        >
          {cellSentence(data, cells, matrix.head.kind, row, column, threshold)}
        </div>
      </div>
    </div>
  );
}
