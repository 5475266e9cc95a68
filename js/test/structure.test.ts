import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";

/** Rooms from the ground up: each may know those before it, and itself. */
const ROOMS = ["wire", "host", "parts", "workbench", "platform", "shell"];

const files = readdirSync("src", { recursive: true, encoding: "utf-8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
const text = (name: string) => readFileSync(`src/${name}`, "utf-8");
const imported = (name: string) =>
  [...text(name).matchAll(/from "(\.[^"]*)"|^import "(\.[^"]*)"|import\("(\.[^"]*)"\)/gm)].map(([, from, bare, type]) =>
    posix.join(posix.dirname(name), (from ?? bare ?? type) as string),
  );
const roomOf = (name: string) => ROOMS.indexOf(name.split("/")[0] as string);

test("arrows point one way: no room knows one above it", () => {
  const upward = files.flatMap((name) =>
    imported(name)
      .filter((other) => name !== "widget.ts" && roomOf(other) > roomOf(name))
      .map((other) => `${name} → ${other}`),
  );
  assert.deepEqual(upward, []);
});

test("no files know each other in a circle, for types neither", () => {
  const left = new Map(files.map((name) => [name, imported(name).filter((other) => files.includes(other))]));
  for (let size = -1; size !== left.size; ) {
    size = left.size;
    for (const [name, others] of left) if (!others.some((other) => left.has(other))) left.delete(name);
  }
  assert.deepEqual([...left.keys()], []);
});

test("no panel knows another", () => {
  const folder = (name: string) => name.match(/workbench\/panels\/[^/]+/)?.[0];
  const across = files
    .filter((name) => folder(name))
    .flatMap((name) => imported(name).filter((other) => folder(other) && folder(other) !== folder(name)));
  assert.deepEqual(across, []);
});

test("nothing in the bundle is shared between widgets: no module holds a variable, a signal or a collection", () => {
  const held = /^(?:export )?(?:let |var |const \w+[^=]*= (?:signal|computed|effect|new (?!Intl\.)|\[\];|\{\};))/gm;
  const found = files.flatMap((name) => [...text(name).matchAll(held)].map(([line]) => `${name}: ${line}`));
  assert.deepEqual(found, []);
});

test("what comes late is imported by what comes late only, and each such view stands in one place", () => {
  const isLate = (name: string) => name.endsWith(".late.tsx");
  const value = (name: string) => text(name).matchAll(/^import (?!type)(?:.* from )?"(\.[^"]*)"/gm);
  const early = files
    .filter((name) => !isLate(name))
    .flatMap((name) => [...value(name)].map(([, path]) => `${name} → ${path}`))
    .filter((arrow) => arrow.endsWith(".late.tsx"));
  assert.deepEqual(early, []);
  const called = files.flatMap((name) =>
    [...text(name).matchAll(/(?:[=:] |^\s*)late<typeof import\("([^"]+)"\)>\("([^"]+)"/gm)].map(([, path, called]) => {
      const whole = posix.join(posix.dirname(name), path as string);
      assert.equal(whole.replace(".late.tsx", "").split("/").slice(-2).join("/"), called, name);
      return whole;
    }),
  );
  assert.deepEqual(called.sort(), files.filter(isLate).sort());
});
