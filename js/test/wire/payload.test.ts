import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, randomConcept, randomSource, shifted } from "../../dev/fixture.ts";
import { PROTOCOL } from "../../src/wire/contract.generated.ts";
import { stored } from "../../src/wire/inflate.ts";
import { type Payload, ProtocolError, pack, unpack } from "../../src/wire/payload.ts";

const random = randomSource(1);
const data = { cat: randomConcept(random, 300, 0.3, 0.5), dog: randomConcept(random, 300, 0.2, 0.4) };

const read = (...of: Parameters<typeof unpack>) => unpack(...of) as Payload;

const refused = (bytes: Uint8Array | DataView, words: RegExp) =>
  assert.throws(
    () => read(bytes).section("histogram"),
    (error) => error instanceof ProtocolError && words.test(error.message),
  );

test("empty bytes mean that there is nothing yet", () => {
  assert.equal(unpack(null), null);
  assert.equal(unpack(new DataView(new ArrayBuffer(0))), null);
});

for (const shift of [0, 1, 4, 8, 13]) {
  test(`numbers are the same when the bytes start at offset ${shift} of their buffer`, () => {
    const here = read(encodeEvaluation(data, { shift, folds: [1, 2], foldsTotal: 5 }));
    const plain = read(encodeEvaluation(data, { folds: [1, 2], foldsTotal: 5 }));
    for (const name of ["evaluation", "roc", "sweep"] as const) {
      assert.deepEqual(here.section(name), plain.section(name));
    }
    assert.equal(here.section("sweep").arrays.fold_f1?.length, 2 * 3 * 101);
    const { head, arrays } = here.section("evaluation");
    assert.equal(arrays.tps?.[0], head.concepts[0]?.num_pos);
  });
}

test("bytes behind the payload in the same buffer are not read", () => {
  const view = encodeEvaluation(data);
  const room = new Uint8Array(view.byteLength + 64).fill(0xff);
  room.set(new Uint8Array(view.buffer), 8);
  const inRoom = read(new Uint8Array(room.buffer, 8, view.byteLength));
  assert.deepEqual(inRoom.section("evaluation"), read(view).section("evaluation"));
});

test("a payload that is cut short, or is none, is refused", () => {
  const view = encodeEvaluation(data);
  for (const kept of [2, 4, 6, 40, view.byteLength / 2, view.byteLength - 5]) {
    refused(new DataView(view.buffer, 0, kept), /cut short, or none: reload the page/);
  }
  refused(stored(new TextEncoder().encode("<html>not a payload")), /cut short, or none/);
  refused(headed({ protocol: PROTOCOL, sectjons: {} }), /cut short, or none/);
});

/** A payload of a head as it is given, with bytes behind it. */
function headed(head: object, bytes: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const all = new Uint8Array(start + bytes.length);
  new DataView(all.buffer).setUint32(0, text.length, true);
  all.set(text, 4);
  all.set(bytes, start);
  return stored(all);
}

test("another protocol is refused with advice", () => {
  refused(headed({ protocol: 99 }), /protocol 99.*reload the page/);
});

test("an array that reaches beyond the bytes is refused by its name", () => {
  const edges = { type: "f8", offset: 0, length: 3 };
  const sections = { histogram: { head: {}, arrays: { edges } } };
  const bytes = new Array(16).fill(0);
  refused(headed({ protocol: PROTOCOL, sections }, bytes), /"histogram\/edges" ends at byte 24 of 16.*cut short/);
});

const histogram = {
  head: { concept: null, num_pos: 1, num_neg: 2 },
  arrays: { edges: Float64Array.of(0, 1), positives: Uint32Array.of(1), negatives: Uint32Array.of(2) },
};

test("what is packed is read back, run, revision, head and arrays", () => {
  for (const shift of [0, 3]) {
    const payload = read(shifted(pack("a/ü “run”", 7, { histogram }), shift));
    assert.deepEqual([payload.run, payload.revision], ["a/ü “run”", 7]);
    assert.deepEqual(payload.section("histogram"), histogram);
  }
});

test("a section that is missing, or an array that is missing or of another type, is refused by name", () => {
  refused(pack("r", 1, {}), /no section "histogram"/);
  const { negatives: _left, ...fewer } = histogram.arrays;
  refused(
    pack("r", 1, { histogram: { ...histogram, arrays: fewer as typeof histogram.arrays } }),
    /no array "negatives"/,
  );
  const arrays = { ...histogram.arrays, positives: Float32Array.of(1) as unknown as Uint32Array<ArrayBuffer> };
  refused(pack("r", 1, { histogram: { ...histogram, arrays } }), /"histogram\/positives" is of type f4.*u4/);
});

test("an array that is not declared is not read, and an optional one may be missing", () => {
  const arrays = { ...histogram.arrays, more: Uint32Array.of(1) };
  assert.deepEqual(read(pack("r", 1, { histogram: { ...histogram, arrays } })).section("histogram"), histogram);
  assert.deepEqual(read(pack("r", 1, { sweep: { head: {}, arrays: {} } })).section("sweep").arrays, {});
});

test("counts that are packed once more are refused where they are cut short or too many", () => {
  const packed = (bytes: number[], length: number) => {
    const entry = { type: "u4", offset: 0, length, packed: bytes.length };
    const none = { type: "u4", offset: 0, length: 0 };
    const arrays = { edges: { type: "f8", offset: 0, length: 0 }, positives: entry, negatives: none };
    const head = { protocol: PROTOCOL, run: "r", revision: 1, sections: { histogram: { head: {}, arrays } } };
    return headed(head, [...bytes, ...new Array(8 - bytes.length).fill(0)]);
  };
  const { positives } = read(packed([4, 3, 0x80, 0x01], 3)).section("histogram").arrays;
  assert.deepEqual([...positives], [2, 0, 64]);
  refused(packed([4, 3, 0x80], 3), /3 counts end at byte/);
  refused(packed([4, 3, 2, 2], 3), /3 counts end at byte 3 of 4/);
  refused(packed([4], 2), /2 counts end at byte/);
});
