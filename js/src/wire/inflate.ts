/**
 * Bytes as zlib packs them (RFC 1950), read at once: browsers do this only with a wait in between, and what is on screen
 * is one state of several traits, all of which are here together or not yet.
 */
import { unzlibSync, zlibSync } from "fflate";

/** A byte of zlib's holds at most so many. */
const DENSEST = 1032;

/** Reads `size` bytes; throws an Error where the packed ones are cut short, or are no such bytes. */
export function inflate(bytes: Uint8Array, size: number): Uint8Array {
  if (size > DENSEST * bytes.length) throw new RangeError();
  const read = unzlibSync(bytes, { out: new Uint8Array(size + 1) }); // one more, which has to stay empty
  if (read.length !== size) throw new RangeError();
  return read;
}

/** Writes what `inflate` reads, the bytes as they are, after their length: for pages without Python, and tests. */
export function stored(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = zlibSync(bytes, { level: 0 });
  const all = new Uint8Array(4 + packed.length);
  new DataView(all.buffer).setUint32(0, bytes.length, true);
  all.set(packed, 4);
  return all;
}
