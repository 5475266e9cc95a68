import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateSync, inflateSync } from "node:zlib";
import { randomSource } from "../../dev/fixture.ts";
import { inflate, stored } from "../../src/wire/inflate.ts";

const random = randomSource(7);
const bytes = (length: number, below: number) => Uint8Array.from({ length }, () => random() * below);

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

const TEXT = new TextEncoder().encode('{"concept": "犬", "roc_auc": 0.875} '.repeat(3000));
const GIVEN: Record<string, Uint8Array> = {
  nothing: new Uint8Array(),
  "one byte": Uint8Array.of(7),
  text: TEXT,
  zeros: new Uint8Array(300_000),
  noise: bytes(150_000, 256),
  "small numbers": bytes(150_000, 3),
  mixed: joined(bytes(40_000, 256), TEXT.subarray(0, 60_000), bytes(40_000, 5)),
  "far back": bytes(70_000, 256).map((_, i, all) => all[i % 32_500] as number),
};

for (const [name, given] of Object.entries(GIVEN)) {
  test(`what zlib packed of ${name} is read back, by whatever codes and level`, () => {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [
        constants.Z_DEFAULT_STRATEGY,
        constants.Z_FIXED,
        constants.Z_HUFFMAN_ONLY,
        constants.Z_RLE,
      ]) {
        const packed = deflateSync(given, { level, strategy });
        assert.deepEqual(inflate(packed, given.length), new Uint8Array(given));
      }
    }
  });

  test(`what is stored of ${name} is read by zlib and here`, () => {
    const packed = stored(given);
    assert.equal(new DataView(packed.buffer).getUint32(0, true), given.length);
    assert.deepEqual(new Uint8Array(inflateSync(packed.subarray(4))), new Uint8Array(given));
    assert.deepEqual(inflate(packed.subarray(4), given.length), new Uint8Array(given));
  });
}

test("bytes that are cut short, or give more or fewer than they should, are refused", () => {
  for (const level of [0, 1, 9]) {
    const packed = deflateSync(TEXT, { level });
    for (let kept = 0; kept < packed.length - 8; kept += Math.ceil(packed.length / 50)) {
      assert.throws(() => inflate(packed.subarray(0, kept), TEXT.length), Error);
    }
    for (const size of [0, TEXT.length - 1, TEXT.length + 1, 2 ** 32 - 1]) {
      assert.throws(() => inflate(packed, size), Error);
    }
  }
});

test("damaged bytes end with an error or other bytes, and never go on for ever", () => {
  const packed = deflateSync(TEXT.subarray(0, 5000), { level: 9 });
  for (let k = 0; k < 2000; k++) {
    const damaged = Uint8Array.from(packed);
    for (let i = 0; i < 3; i++) damaged[Math.floor(random() * damaged.length)] = random() * 256;
    try {
      assert.equal(inflate(damaged, 5000).length, 5000);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
});
