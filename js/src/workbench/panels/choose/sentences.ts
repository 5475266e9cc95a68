/** What an offer gives, in words. Pure. */
import { plural, rate, threshold } from "../../../parts/format.ts";
import type { ThresholdOffer } from "../../../wire/contract.generated.ts";
import type { Evaluation } from "../../evaluation.ts";
import { conceptName } from "../../sentences.ts";
import type { Choose } from "./fields.ts";

/** The threshold of an offer: of one concept as a number, of several as how many qualify. */
export function thresholdWords(data: Evaluation, { head, arrays }: Choose, offer: number): string {
  const { qualified } = head.offers[offer] as ThresholdOffer;
  if (head.concept === null) return `${qualified} of ${data.concepts.length}`;
  const at = arrays.thresholds[offer] as number;
  return qualified ? threshold(at, data.dtype) : "none";
}

/** How far an offer's threshold would move with another sample; empty where nobody can say. */
export function movesWords({ threshold_low, threshold_high }: ThresholdOffer): string {
  return threshold_low === null || threshold_high === null ? "" : ends(threshold_low, threshold_high);
}

/** Two ends in three decimals, or in as many figures as tell them apart and from 0 and 1, which they are not. */
function ends(low: number, high: number): string {
  const told = (write: (x: number) => string): boolean =>
    (low === high || write(low) !== write(high)) &&
    [low, high].every((x) => x === 0 || x === 1 || (Number(write(x)) !== 0 && Number(write(x)) !== 1));
  if (told(rate)) return `${rate(low)}–${rate(high)}`;
  const written = (figures: number) => (x: number) => String(Number(x.toPrecision(figures)));
  let figures = 3;
  while (figures < 17 && !told(written(figures))) figures++;
  return `${written(figures)(low)}–${written(figures)(high)}`;
}

/** What that interval is, or why there is none. */
export function movesTitle(offer: ThresholdOffer): string {
  const { threshold_method: method, threshold_reason: reason } = offer;
  if (movesWords(offer) !== "") return `95 % interval of the threshold: ${method}`;
  return reason && `No interval of the threshold: ${reason}`;
}

/** What the criterion gives on inputs held out, with what it is of. */
export function honestWords({ honest, objective }: ThresholdOffer): string {
  return honest === null ? "" : `${objective} ${rate(honest)}`;
}

/** How far the folds' estimates are apart, or why there is none. */
export function honestTitle({ honest, honest_spread, honest_reason }: ThresholdOffer): string {
  if (honest === null) return honest_reason;
  const all = "each part is held out once, so that all inputs stand behind it";
  return honest_spread === null ? "" : `± ${rate(honest_spread)} over the parts held out; ${all}`;
}

/** The whole offer, for the button's accessible name. */
export function offerSentence(name: string, at: string, offer: ThresholdOffer): string {
  if (offer.qualified === 0) return `${name}: ${offer.reason}`;
  const rates = `precision ${rate(offer.precision)}, recall ${rate(offer.recall)}, F1 ${rate(offer.f1)}`;
  const honest = offer.honest === null ? "" : `; held out ${honestWords(offer)}`;
  const moves = movesWords(offer) && ` (95 % interval ${movesWords(offer)})`;
  return `${name}: threshold ${at}${moves}, ${rates}${honest}`;
}

/** What was done. */
export function takenSentence(data: Evaluation, name: string, taken: Readonly<Record<string, number>>): string {
  const ids = Object.keys(taken);
  const [only] = ids;
  if (ids.length !== 1 || only === undefined)
    return `${name}: ${plural(ids.length, "concept")} set, each with its own threshold.`;
  const k = data.concepts.findIndex(({ id }) => id === only);
  const at = threshold(taken[only] as number, data.dtype);
  return `${name}: threshold of ${conceptName(data, k)} set to ${at}.`;
}

/** How the figures are had. */
export function chooseNote(data: Evaluation, { head }: Choose, baked = false): string {
  const means = head.concept === null ? "Means over the concepts, each at its own threshold. " : "";
  const folds = data.folds.length > 1 ? `the ${data.folds.length} folds of this evaluation` : "5 parts of the inputs";
  const why = head.offers.find(({ name }) => name === "f1")?.honest_reason;
  const honest = why
    ? `Held out: ${why}.`
    : `Held out: chosen on all but one of ${folds}, measured on the one held out, averaged.`;
  const shown = head.offers.find((offer) => movesWords(offer) !== "");
  const unmoved = head.offers.find(({ qualified, threshold_reason }) => qualified > 0 && threshold_reason !== "");
  const look = shown?.threshold_method.split("; ").find((part) => part.startsWith("holds"));
  const moves = shown
    ? `Beside a threshold stands its 95 % interval${look ? `, which ${look}` : ""}. `
    : unmoved
      ? `No interval of thresholds: ${unmoved.threshold_reason}. `
      : "";
  const file = baked ? " In a file, taking one sets the slider’s nearest stop: its counts stand below." : "";
  return `${means}${moves}Figures are those of the inputs chosen on, and therefore optimistic. ${honest}${file}`;
}

/** Every concept's threshold, as Python or JSON. */
export function writtenOut(thresholds: Readonly<Record<string, number>>, as: "python" | "json"): string {
  const json = JSON.stringify(thresholds, null, 4);
  // JSON's texts and numbers are Python's, too.
  return as === "json" ? json : `thresholds = ${json}`;
}

/** What became of `n` thresholds: set as the concepts' own or not, on the clipboard or beneath. */
export function usedSentence(n: number, set: boolean, isCopied: boolean): string {
  const done = set
    ? `${plural(n, "threshold")} set in w.thresholds`
    : `All ${n} at the common threshold, none set its own`;
  return isCopied ? `${done}${set ? " and" : ";"} copied.` : `${done}; copy them from here:`;
}
