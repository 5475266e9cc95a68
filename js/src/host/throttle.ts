/**
 * Calls `run` at once, then at most every `interval` milliseconds, and once more after the last call.
 *
 * `waiting` says that a call has not been run yet; `flush` runs it now.
 */
export function throttle(run: () => void, interval: number) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting = false;
  const tick = () => {
    timer = null;
    if (!waiting) return;
    waiting = false;
    timer = setTimeout(tick, interval);
    run();
  };
  return {
    get waiting() {
      return waiting;
    },
    call() {
      waiting = true;
      if (timer === null) tick();
    },
    flush() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (!waiting) return;
      waiting = false;
      run();
    },
  };
}
