/** Reads on in a list that the server has more of. */
import { useState } from "preact/hooks";
import { Wait } from "../../parts/Wait.tsx";
import { usePlatform } from "../context.ts";

interface ReadOnProps {
  list: "versions" | "evaluations";
  /** What the button says while there is more. */
  text: string;
}

/** The button; once pressed it stays when the list ends, for it has the keyboard's focus. */
export function ReadOn({ list, text }: ReadOnProps) {
  const platform = usePlatform();
  const [pressed, setPressed] = useState(false);
  const readOn = platform.more(list);
  if (!readOn && !pressed) return null;
  const reading = platform.traits.loading.value.includes(list);
  const off = !readOn || reading || platform.workbench.gone.value;
  const press = () => {
    if (off) return;
    setPressed(true);
    readOn("");
  };
  return (
    <button type="button" aria-disabled={off} onClick={press}>
      {reading ? "Reading…" : readOn ? text : "All are listed"} <Wait control={`more:${list}:`} />
    </button>
  );
}
