/**
 * Bytes as zlib packs them (RFC 1950 and 1951), read at once: browsers do this only with a wait in between, and what is on
 * screen is one state of several traits, all of which are here together or not yet.
 */

/** The longest code of a symbol, in bits. */
const LONGEST = 15;

/** In this order stand the lengths of the codes that lengths are packed with. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** By as many of the next bits as the longest code has: symbol × 16 + how many it takes; 0 where no code begins so. */
function codes(lengths: readonly number[]): Uint16Array {
  const longest = Math.max(...lengths);
  const found = new Uint16Array(1 << longest);
  for (let bits = 1, code = 0; bits <= longest; bits++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== bits) continue;
      let start = 0;
      for (let i = 0; i < bits; i++) start |= ((code >> i) & 1) << (bits - 1 - i);
      for (let i = start; i < found.length; i += 1 << bits) found[i] = (symbol << 4) | bits;
      code++;
    }
  }
  return found;
}

/** Bits of bytes, the lowest first. Throws a RangeError behind the last. */
class Bits {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #room = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The next bits. */
  take(count: number): number {
    const value = this.#peek(count);
    this.#drop(count);
    return value;
  }

  /** The next symbol. */
  symbol(of: Uint16Array): number {
    const found = of[this.#peek(LONGEST) & (of.length - 1)] as number;
    if (!found) throw new RangeError();
    this.#drop(found & 15);
    return found >> 4;
  }

  /** The number of a length or distance: two to the power of `doubling` symbols have as many extra bits. */
  extended(symbol: number, doubling: number): number {
    const extra = Math.max(0, (symbol >> doubling) - 1);
    return ((symbol - (extra << doubling)) << extra) + this.take(extra);
  }

  /** The bytes that stand as they are. */
  stored(): Uint8Array {
    const from = this.#at - (this.#room >> 3) + 4;
    const length = (this.#bytes[from - 4] as number) | ((this.#bytes[from - 3] as number) << 8);
    this.#at = from + length;
    this.#held = this.#room = 0;
    return this.#bytes.subarray(from, this.#at);
  }

  #peek(count: number): number {
    for (; this.#room < count; this.#room += 8) {
      if (this.#at >= this.#bytes.length) throw new RangeError();
      this.#held |= (this.#bytes[this.#at++] as number) << this.#room;
    }
    return this.#held & ((1 << count) - 1);
  }

  #drop(count: number): void {
    this.#held >>>= count;
    this.#room -= count;
  }
}

/** The codes of the literals and of the distances, whose lengths are packed by codes themselves. */
function dynamic(bits: Bits): [Uint16Array, Uint16Array] {
  const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const own = new Array<number>(19).fill(0);
  for (const place of ORDER.slice(0, count)) own[place] = bits.take(3);
  const of = codes(own);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const next = bits.symbol(of);
    const times = next < 16 ? 1 : next === 16 ? 3 + bits.take(2) : next === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    const value = next < 16 ? next : next === 16 ? (all.at(-1) ?? 0) : 0;
    for (let i = 0; i < times; i++) all.push(value);
  }
  return [codes(all.slice(0, literals)), codes(all.slice(literals))];
}

/** The codes that every reader knows. */
const fixed = (): [Uint16Array, Uint16Array] => [
  codes(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  codes(new Array(30).fill(5)),
];

/** Reads `size` bytes; throws a RangeError where the packed ones are cut short, or are no such bytes. */
export function inflate(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (size > 1032 * bytes.length) throw new RangeError();
  const read = new Uint8Array(size);
  const bits = new Bits(bytes, 2);
  let end = 0;
  for (let last = 0; !last; ) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) {
      const stored = bits.stored();
      read.set(stored, end);
      end += stored.length;
      continue;
    }
    const [literals, distances] = kind === 1 ? fixed() : dynamic(bits);
    for (let next = bits.symbol(literals); next !== 256; next = bits.symbol(literals)) {
      if (next < 256) read[end++] = next;
      else {
        const length = next === 285 ? 258 : 3 + bits.extended(next - 257, 2);
        const distance = 1 + bits.extended(bits.symbol(distances), 1);
        for (let i = 0; i < length; i++, end++) read[end] = read[end - distance] as number;
      }
    }
  }
  if (end !== size) throw new RangeError();
  return read;
}

/** Writes what `inflate` reads, the bytes as they are, after their length: for pages without Python, and tests. */
export function stored(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.max(1, Math.ceil(bytes.length / 65535));
  const packed = new Uint8Array(4 + 2 + 5 * blocks + bytes.length + 4);
  const view = new DataView(packed.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 0x7801);
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  for (let k = 0; k < blocks; k++) {
    const block = bytes.subarray(k * 65535, (k + 1) * 65535);
    const at = 6 + k * (5 + 65535);
    packed[at] = k === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, block.length, true);
    view.setUint16(at + 3, ~block.length, true);
    packed.set(block, at + 5);
  }
  view.setUint32(packed.length - 4, b * 65536 + a);
  return packed;
}
