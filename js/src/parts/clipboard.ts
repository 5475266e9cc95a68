/** Text for other programs. */

/** Puts text on the clipboard; false where the browser forbids it, as on pages of plain http. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
