import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, randomConcept, randomSource, shifted } from "../../dev/fixture.ts";
import { PROTOCOL } from "../../src/wire/contract.generated.ts";
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

test("a payload that is cut short is refused with the array's name", () => {
  const view = encodeEvaluation(data);
  const cut = new DataView(view.buffer, 0, view.byteLength - 16);
  refused(cut, /"concepts\/avg_precision".*cut short/);
  refused(new Uint8Array(2), /2 bytes/);
  refused(new DataView(view.buffer, 0, 40), /The head says/);
});

test("another protocol is refused with advice", () => {
  const header = new TextEncoder().encode('{"protocol": 99}');
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, header.length, true);
  new Uint8Array(view.buffer).set(header, 4);
  refused(view, /protocol 99.*reload the page/);
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
    const text = new TextEncoder().encode(JSON.stringify(head));
    const start = Math.ceil((4 + text.length) / 8) * 8;
    const all = new Uint8Array(start + 8);
    new DataView(all.buffer).setUint32(0, text.length, true);
    all.set(text, 4);
    all.set(bytes, start);
    return all;
  };
  const { positives } = read(packed([4, 3, 0x80, 0x01], 3)).section("histogram").arrays;
  assert.deepEqual([...positives], [2, 0, 64]);
  refused(packed([4, 3, 0x80], 3), /3 counts end at byte/);
  refused(packed([4, 3, 2, 2], 3), /3 counts end at byte 3 of 4/);
  refused(packed([4], 2), /2 counts end at byte/);
});
