/** Names of files that are taken away. Pure. */

/** Longest part of a name: two of three bytes a letter, a panel and an ending are within the 255 that file systems take. */
const LONGEST = 36;

/** A part of a name: letters, digits, dots and dashes, whatever the words are. */
function part(words: string): string {
  const plain = words.normalize("NFC").replace(/[^\p{L}\p{N}.]+/gu, "-");
  return Array.from(plain)
    .slice(0, LONGEST)
    .join("")
    .replace(/^[-.]+|[-.]+$/g, "");
}

/** A name that says what the file is of: model and version, dataset, panel. */
export function fileName(of: readonly string[], form: string): string {
  return `${of.map(part).filter(Boolean).join("_") || "evaluation"}.${form}`;
}
