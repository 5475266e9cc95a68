import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import panels from "panels:all";
import { PANELS } from "../../src/wire/contract.generated.ts";
import { type Registration, registerPanel } from "../../src/workbench/panel.tsx";

test("every panel that Python declares has a folder that registers it under its name, and no other has", () => {
  const declared = Object.keys(PANELS).filter((name) => name !== "evaluation");
  assert.deepEqual(panels.map((panel) => panel.id).sort(), declared.sort());
  for (const { id } of panels) assert.ok(existsSync(`src/workbench/panels/${id}/index.tsx`), id);
});

test("a panel that is asked for must say with what", () => {
  const bare = { id: "histogram", title: "Scores", slot: "below", order: 1, View: () => null };
  assert.throws(() => registerPanel(bare as unknown as Registration<"histogram">), /does not say with what/);
});
