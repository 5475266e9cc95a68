import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEvaluation, randomConcept, randomSource } from "../dev/fixture.ts";
import { decodeCurves, ProtocolError } from "../src/protocol.ts";

const random = randomSource(1);
const data = { cat: randomConcept(random, 300, 0.3, 0.5), dog: randomConcept(random, 300, 0.2, 0.4) };

test("empty bytes mean that there is nothing yet", () => {
  assert.equal(decodeCurves(null), null);
  assert.equal(decodeCurves(new DataView(new ArrayBuffer(0))), null);
});

for (const shift of [0, 1, 4, 8, 13]) {
  test(`numbers are the same when the bytes start at offset ${shift} of their buffer`, () => {
    const here = decodeCurves(encodeEvaluation(data, { shift, folds: [1, 2], foldsTotal: 5 }));
    const plain = decodeCurves(encodeEvaluation(data, { folds: [1, 2], foldsTotal: 5 }));
    assert.ok(here && plain);
    assert.deepEqual(here.stops, plain.stops);
    assert.deepEqual(here.counts, plain.counts);
    assert.deepEqual(here.foldRoc, plain.foldRoc);
    assert.equal(here.foldF1?.length, 2 * 3 * 101);
    assert.equal(here.counts?.tps[0], here.concepts[0]?.num_pos);
  });
}

test("bytes behind the trait in the same buffer are not read", () => {
  const view = encodeEvaluation(data);
  const room = new Uint8Array(view.byteLength + 64).fill(0xff);
  room.set(new Uint8Array(view.buffer), 8);
  const decoded = decodeCurves(new Uint8Array(room.buffer, 8, view.byteLength));
  assert.deepEqual(decoded?.counts, decodeCurves(view)?.counts);
});

test("a trait that is cut short is refused with the array's name", () => {
  const view = encodeEvaluation(data);
  const cut = new DataView(view.buffer, 0, view.byteLength - 16);
  assert.throws(
    () => decodeCurves(cut),
    (error) => error instanceof ProtocolError && /macro_tpr/.test(error.message),
  );
});

test("another protocol is refused with advice", () => {
  const header = new TextEncoder().encode('{"protocol": 99}');
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, header.length, true);
  new Uint8Array(view.buffer).set(header, 4);
  assert.throws(() => decodeCurves(view), /reload the page/);
});
