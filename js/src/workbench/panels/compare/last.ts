/** What there is of a comparison. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import type { Compared } from "./model.ts";
import { compareSubject, read } from "./params.ts";

/** What there was last of these same runs, while the next is on its way. */
export function useLast({ section }: PanelProps<"compare">) {
  const workbench = useWorkbench();
  const last = useRef<{ of: string; shown: Compared } | null>(null);
  return useComputed(() => {
    const of = JSON.stringify(read(workbench).map(({ run }) => run));
    if (section.value) last.current = { of, shown: section.value };
    return last.current?.of === of && compareSubject(workbench) ? last.current.shown : null;
  });
}
