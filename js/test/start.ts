/** A session on a fake model, as `initialize` makes it. */
import { FakeModel } from "../dev/fakeModel.ts";
import { encodeEvaluation, randomConcept, randomSource } from "../dev/fixture.ts";
import { KernelHost } from "../src/host/kernel.ts";
import { Session } from "../src/shell/session.ts";

const random = randomSource(4);

/** Two concepts on 200 inputs. */
export const scored = { cat: randomConcept(random, 200, 0.3, 0.5), dog: randomConcept(random, 200, 0.2, 0.4) };

/** A session that shows `run-1`, with more state. */
export function start(state: Record<string, unknown> = {}) {
  const model = new FakeModel({ threshold: 0.5, viewing: "run-1", results: encodeEvaluation(scored), ...state });
  const ending = new AbortController();
  const session = new Session(new KernelHost(model, ending.signal), ending.signal);
  return { model, ending, session, ...session };
}

/** Lets replies reach those who wait for them. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
