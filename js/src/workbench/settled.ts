/** A value that is looked at only once it has stopped moving. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";

/** The threshold asked at where none matters, and in a file, which holds the answers at this one; as Python's `BAKED_AT`. */
export const ASKED_AT = 0.5;

/** How long a value must rest, in milliseconds: a reader waits at most 200 for what is then asked. */
const REST_MS = 90;

/**
 * The list that `moving` holds, once it has rested.
 *
 * Follows at once from an empty list and to a list of another length: that is no move but another evaluation. It ends with
 * `ended` and then holds its last value.
 */
export function settled(
  moving: ReadonlySignal<readonly number[]>,
  ended: AbortSignal,
): ReadonlySignal<readonly number[]> {
  const rested = signal<readonly number[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    const values = moving.value;
    clearTimeout(timer);
    const last = rested.peek();
    if (values.length === last.length && values.every((value, i) => value === last[i])) return;
    const follow = () => {
      rested.value = values;
    };
    if (values.length === last.length) timer = setTimeout(follow, REST_MS);
    else follow();
  });
  ended.addEventListener("abort", () => {
    clearTimeout(timer);
    end();
  });
  return rested;
}
