/** Bytes as text, where text is all that can be carried. */

/** Bytes of base64 text; `atob` is in every browser, unlike `Uint8Array.fromBase64`. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
