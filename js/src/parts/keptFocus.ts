/** The keyboard's place where what had it leaves the page, as a button does whose work is done: else Tab would begin at the top. */

/** What Tab may reach. */
const REACHED = 'button, select, input, textarea, summary, [tabindex="0"]';

/** Milliseconds that a view has to give the place to something itself. */
const OWN = 50;

/** Gives the place to what is next to where it was, within the nearest surroundings that are left; the function returned ends that. */
export function keepFocus(root: HTMLElement): () => void {
  let path: Element[] = [];
  let clock: ReturnType<typeof setTimeout> | undefined;
  const lost = () => {
    const { activeElement } = root.getRootNode() as Document;
    return activeElement === null || activeElement === document.body;
  };
  const note = (event: Event) => {
    const all = event.composedPath() as Element[];
    path = all.slice(0, all.indexOf(root) + 1);
  };
  const check = () => {
    const [last, ...around] = path;
    if (!last || !lost()) return;
    path = [];
    // Somebody who went elsewhere stays there.
    if (last.isConnected) return;
    for (const one of around) {
      const next =
        one.isConnected &&
        [...one.querySelectorAll<HTMLElement>(REACHED)].find(
          (each) => each.tabIndex >= 0 && !each.matches(":disabled") && each.checkVisibility(),
        );
      if (next) return next.focus({ preventScroll: true });
    }
  };
  const soon = () => {
    clearTimeout(clock);
    clock = setTimeout(check, OWN);
  };
  const watch = new MutationObserver(soon);
  watch.observe(root, { childList: true, subtree: true });
  root.addEventListener("focusin", note);
  root.addEventListener("focusout", soon);
  return () => {
    watch.disconnect();
    clearTimeout(clock);
  };
}
