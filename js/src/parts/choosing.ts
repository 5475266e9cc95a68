/** What a list to choose from shows: filtered by what is typed, and only the lines in view. Pure. */

/** Something to choose. */
export interface Option {
  readonly value: string;
  readonly text: string;
  /** What stands beside it, smaller. */
  readonly detail?: string;
  /** Why it cannot be chosen; empty or not there when it can. */
  readonly off?: string;
  /** Whether it stays whatever is typed. */
  readonly always?: boolean;
}

/** A line for what is typed as another owner's, or by its web address, which no list may have; the first of its list. */
export function lookUp(typed: string): Option[] {
  const value = typed.trim();
  return value.includes("/") ? [{ value, text: `Look up ${value}`, always: true }] : [];
}

/** Pixels of a line; all are alike, so that the lines in view follow from how far the list is scrolled. */
export const LINE = 28;

/** The options that contain every word typed, in text or detail. */
export function matching(options: readonly Option[], typed: string): readonly Option[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter(({ text, detail = "", always = false }) => {
    if (always) return true;
    const all = `${text} ${detail}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The lines to draw: those in view and a few around them. */
export function drawn(scrolled: number, height: number, count: number): { from: number; to: number } {
  const spare = 4;
  const from = Math.max(0, Math.floor(scrolled / LINE) - spare);
  return { from, to: Math.min(count, Math.ceil((scrolled + height) / LINE) + spare) };
}

/** How far to scroll so that a line is in view. */
export function scrolledTo(line: number, scrolled: number, height: number): number {
  const top = line * LINE;
  if (top < scrolled) return top;
  return Math.max(scrolled, top + LINE - height);
}

/** Where a key leads from the option at `at` of `count`; null for a key that moves nothing. */
export function moved(key: string, at: number, count: number): number | null {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key];
  return by === undefined ? null : Math.min(count - 1, Math.max(0, at + by));
}
