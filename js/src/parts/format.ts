/** Numbers and times as the reader's locale writes them. Pure; knows nobody. */
/** Stands for an undefined value. */
export const UNDEFINED = "–";

const integers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const thousandths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 4 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const plurals = new Intl.PluralRules("en");

/** 4,854 */
export function count(x: number | null | undefined): string {
  return x === null || x === undefined ? UNDEFINED : integers.format(x);
}

/** 4,854, and 19.53M: no wider than a card, which would cut off the last digits. */
export function briefly(x: number | null | undefined): string {
  return (x ?? 0) < 1e6 ? count(x) : compact.format(x as number);
}

/** 0.873; an undefined value is a dash. */
export function rate(x: number | null | undefined): string {
  return x === null || x === undefined || Number.isNaN(x) ? UNDEFINED : thousandths.format(x);
}

/** "1 concept", "3 concepts". */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${plurals.select(n) === "one" ? "" : "s"}`;
}

/** A name as it stands in a sentence: where it is written from right to left, the figures behind it stay behind it. */
export const isolated = (name: string): string =>
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(name) ? `\u2066${name}\u2069` : name;

/** Shortest decimals that mean the same threshold in the scores' dtype: read back, they count the same. */
export function threshold(t: number, dtype: "float32" | "float64" = "float64"): string {
  let short = t;
  for (let digits = 2; dtype === "float32" && digits <= 9; digits++) {
    short = Number(t.toPrecision(digits));
    if (Math.fround(short) === Math.fround(t)) break;
  }
  const text = String(short);
  return text.includes("e") ? text : short.toFixed(Math.max(2, text.split(".")[1]?.length ?? 0));
}

/** A threshold to three significant digits, for sentences in which more would not be read: 0.30, 0.0645. */
export function roughly(t: number): string {
  return threshold(Number(t.toPrecision(3)));
}

/** Units of time from the largest, with their lengths in seconds. */
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "2 min. ago", and the exact time; null when `iso` is no date. */
export function when(iso: string, now = Date.now()): { relative: string; exact: string } | null {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return null;
  const seconds = (time - now) / 1000;
  const [unit, size] = STEPS.find(([, s]) => Math.abs(seconds) >= s) ?? ["second", 1];
  const text = Math.abs(seconds) < 45 ? "just now" : relative.format(Math.trunc(seconds / size), unit);
  return { relative: text, exact: exact.format(time) };
}

/** "4 s", "3 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
