/**
 * Payloads: numbers as bytes that describe themselves, so that heads and arrays never come from two different states.
 *
 * The layout is that of `clarifai_eval_widget/widget/wire/packing.py`, all little endian: `uint32 length | zlib` of
 * `uint32 headLength | head JSON | zero padding to a multiple of 8 | arrays, each at a multiple of 8`. What a section's
 * head and arrays are, the contract says; here they are read by it, so that a wrong name or type fails in tsc.
 */
import { PANELS, type PanelPayloads, PROTOCOL } from "./contract.generated.ts";
import { inflate, stored } from "./inflate.ts";

/** A section's name: `evaluation`, or a panel's. */
export type SectionName = keyof PanelPayloads;

/** A panel's name: the same in Python, in the contract and as the folder's name. */
export type PanelName = Exclude<SectionName, "evaluation">;

/** What one panel, or all of them (`evaluation`), is sent: a head and arrays. */
export interface Section<Name extends SectionName> {
  /** Words and single numbers; undefined ones are null. */
  readonly head: PanelPayloads[Name]["head"];
  /** Numbers; undefined ones are NaN. Those that not every evaluation has may be missing. */
  readonly arrays: PanelPayloads[Name]["arrays"];
}

/** Sections by name, as `pack` takes them. */
export type Sections = { readonly [Name in SectionName]?: Section<Name> };

/** Bytes as a host hands them over: a trait or a message's buffer, at any offset of its memory. */
export type Bytes = DataView | ArrayBuffer | Uint8Array;

/** Bytes of base64 text; `atob` is in every browser, unlike `Uint8Array.fromBase64`. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The arrays that a section may have. */
type NumberArray = Float64Array | Float32Array | Uint32Array;
/** Their names in the layout, which are NumPy's. */
type ArrayType = "f8" | "f4" | "u4";

/** Where an array lies. */
interface ArrayEntry {
  readonly type: ArrayType;
  /** From the start of the arrays. */
  readonly offset: number;
  readonly length: number;
  /** Bytes of an array that is packed once more. */
  readonly packed?: number;
}

/** A section as the payload's head describes it. */
interface SectionEntry {
  readonly head: object;
  readonly arrays: Readonly<Record<string, ArrayEntry>>;
}

/** The JSON at the start of a payload. */
interface PayloadHead {
  readonly protocol: number;
  readonly run: string;
  readonly revision: number;
  readonly sections: Readonly<Record<string, SectionEntry>>;
}

const sizeOf = (type: ArrayType): number => (type === "f8" ? 8 : 4);
/** The next multiple of 8, where the widest type is aligned. */
const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** The length that bytes begin with. */
const lengthAt = ({ buffer, byteOffset }: Uint8Array): number => new DataView(buffer, byteOffset).getUint32(0, true);

/** Raised when bytes are not what this bundle reads; says what differs, and in which array. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

/**
 * The sections of one state of one run.
 *
 * Made by `unpack` and never changed afterwards. That no array reaches beyond the bytes is known once it is made; whether
 * a section is what the contract says is found out when it is read, by whoever needs it: a faulty section leaves the
 * others readable. Arrays are views into the bytes that were read and keep them alive.
 */
export class Payload {
  /** Key of the run it belongs to. */
  readonly run: string;
  /** Grows with every state of the same run. */
  readonly revision: number;
  readonly #sections: PayloadHead["sections"];
  readonly #bytes: Uint8Array;

  constructor(head: PayloadHead, bytes: Uint8Array) {
    this.run = head.run;
    this.revision = head.revision;
    this.#sections = head.sections;
    this.#bytes = bytes;
  }

  /** Reads a section; throws a ProtocolError when it is missing, or an array is missing or of another type. */
  section<Name extends SectionName>(name: Name): Section<Name> {
    const entry = this.#sections[name];
    if (entry === undefined) throw new ProtocolError(`The payload has no section "${name}".`);
    const needed: Readonly<Record<string, ArrayType>> = PANELS[name].arrays;
    const declared: Readonly<Record<string, ArrayType>> = { ...needed, ...PANELS[name].optional };
    const arrays: Record<string, NumberArray> = {};
    for (const [array, type] of Object.entries(declared)) {
      const found = entry.arrays[array];
      if (found === undefined && !(array in needed)) continue;
      if (found === undefined) throw new ProtocolError(`The section "${name}" has no array "${array}".`);
      if (found.type !== type) {
        throw new ProtocolError(`The array "${name}/${array}" is of type ${found.type}; this page reads ${type}.`);
      }
      arrays[array] = this.#read(found);
    }
    return { head: entry.head, arrays } as unknown as Section<Name>;
  }

  /** A view of an array, without a copy: `unpack` has checked that it lies within the bytes, and aligned them. */
  #read({ type, offset, length, packed }: ArrayEntry): NumberArray {
    const at = this.#bytes.byteOffset + offset;
    if (packed !== undefined) return fromVarints(this.#bytes.subarray(offset, offset + packed), length);
    if (type === "f8") return new Float64Array(this.#bytes.buffer, at, length);
    if (type === "f4") return new Float32Array(this.#bytes.buffer, at, length);
    return new Uint32Array(this.#bytes.buffer, at, length);
  }
}

/** Counts that Python packed once more: zigzag differences, seven bits a byte, lowest first (`wire/varints.py`). */
function fromVarints(bytes: Uint8Array, length: number): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(length);
  let at = 0;
  let last = 0;
  for (let i = 0; i < length; i++) {
    let zigzag = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[at++] ?? 0;
      zigzag |= (byte & 127) << shift;
      shift += 7;
    } while (byte & 128);
    last = (last + ((zigzag >>> 1) ^ -(zigzag & 1))) | 0;
    values[i] = last;
  }
  if (at !== bytes.length) throw new ProtocolError(`${length} counts end at byte ${at} of ${bytes.length}.`);
  return values;
}

/** The bytes of `value` wherever they lie in their memory. */
export function bytesOf(value: Bytes): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** The head, and the bytes of the arrays; bytes that are cut short, or none of ours, are refused in words. */
function opened(packed: Uint8Array): { head: PayloadHead; bytes: Uint8Array } {
  try {
    const bytes = inflate(packed.subarray(4), lengthAt(packed));
    const end = 4 + lengthAt(bytes);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
    if (head.protocol === PROTOCOL && !head.sections) throw new TypeError();
    return { head, bytes: bytes.subarray(padded(end)) };
  } catch {
    throw new ProtocolError(
      `The payload of ${packed.length} bytes is cut short, or none: reload the page, then run the widget’s cell again.`,
    );
  }
}

/** Refuses a payload of which any array lies beyond its bytes, by that array's name. */
function checkArrays(head: PayloadHead, room: number): void {
  for (const [section, { arrays }] of Object.entries(head.sections)) {
    for (const [name, { type, offset, length, packed }] of Object.entries(arrays)) {
      const end = offset + (packed ?? length * sizeOf(type));
      if (offset % sizeOf(type) !== 0 || end > room) {
        throw new ProtocolError(
          `The array "${section}/${name}" ends at byte ${end} of ${room}; the payload is cut short.`,
        );
      }
    }
  }
}

/** Reads a payload; null when there are no bytes. */
export function unpack(value: Bytes | null | undefined): Payload | null {
  if (value === null || value === undefined || value.byteLength === 0) return null;
  const { head, bytes } = opened(bytesOf(value));
  if (head.protocol !== PROTOCOL) {
    throw new ProtocolError(
      `Python speaks protocol ${head.protocol} and this page ${PROTOCOL}: reload the page after an upgrade.`,
    );
  }
  checkArrays(head, bytes.length);
  return new Payload(head, bytes);
}

/** The layout's name of an array's type. */
function typeOf(array: NumberArray): ArrayType {
  if (array instanceof Float64Array) return "f8";
  return array instanceof Float32Array ? "f4" : "u4";
}

/** Writes what `unpack` reads. Browsers are little endian everywhere, as the layout is. */
export function pack(run: string, revision: number, sections: Sections): Uint8Array<ArrayBuffer> {
  const chunks: NumberArray[] = [];
  const entries: Record<string, SectionEntry> = {};
  let offset = 0;
  for (const [name, section] of Object.entries(sections)) {
    const arrays: Record<string, ArrayEntry> = {};
    for (const [array, values] of Object.entries(section.arrays as Record<string, NumberArray>)) {
      arrays[array] = { type: typeOf(values), offset, length: values.length };
      chunks.push(values);
      offset += padded(values.byteLength);
    }
    entries[name] = { head: section.head, arrays };
  }
  const head: PayloadHead = { protocol: PROTOCOL, run, revision, sections: entries };
  const text = new TextEncoder().encode(JSON.stringify(head));
  let at = padded(4 + text.length);
  const bytes = new Uint8Array(at + offset);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  for (const values of chunks) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += padded(values.byteLength);
  }
  return stored(bytes);
}
