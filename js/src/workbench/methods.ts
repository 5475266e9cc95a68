/** How an interval was had, in plain words; the exact name of the method goes into what is shown on hover. Pure. */

/** What stands in a method's exact name, and how that is said to someone who does not know the name. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/corrected resampled t/, "from the spread between folds"],
  [/bootstrap of .* groups/, "from drawing whole groups anew"],
  [/jackknife/, "from each input’s influence on it"],
  [/^at most/, "at most, from each concept’s own interval"],
  [/^mean of the concepts' own/, "mean of the concepts’ own intervals"],
  [/DeLong/, "by DeLong’s method"],
];
const ASIDES: readonly (readonly [RegExp, string])[] = [
  [/clustered in/, "inputs of one group together"],
  [/at every look/, "widened, as it is looked at while it runs"],
];

/** The method by which an interval was had, in plain words; its own name where that is plain. */
export function methodWords(method: string): string {
  const said = WORDS.find(([name]) => name.test(method))?.[1];
  if (said === undefined) return method;
  return [said, ...ASIDES.flatMap(([name, words]) => (name.test(method) ? [words] : []))].join(", ");
}
