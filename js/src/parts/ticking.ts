/** Lets words on how long ago something was go with the time. */
import { useEffect, useState } from "preact/hooks";

/** Milliseconds after which such words are looked at again. */
export const TICK = 30_000;

/** Draws a component again now and then, as long as it is on the page. */
export function useTicking(): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const clock = setInterval(() => tick(Date.now()), TICK);
    return () => clearInterval(clock);
  }, []);
}
