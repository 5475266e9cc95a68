/** A number that leads to the inputs behind it. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ConceptFigures } from "../../wire/contract.generated.ts";
import { useWorkbench } from "../context.ts";
import { behind, behindSentence, type Figure, type Selected } from "../outcomes.ts";

/** What a number is of. */
export interface LeadProps {
  readonly figure: Figure;
  /** Whose number it is; null: of all concepts' decisions together. */
  readonly of: Pick<ConceptFigures, "id" | "name"> | null | undefined;
  /** Which of those inputs, where it is a number of some of them. */
  readonly also?: Partial<Selected>;
  /** Its accessible name, where the number alone does not tell. */
  readonly label?: ReadonlySignal<string> | string | undefined;
  /** What it does instead, and in words. */
  readonly instead?: () => void;
  readonly title?: string;
  /** -1 where an arrow key leads to it. */
  readonly tabIndex?: number;
  readonly children: ComponentChildren;
}

/** The number as a button; where there are only rates there are no inputs, and it is a number. */
export function Lead({ figure, of, also, label, instead, title, tabIndex = 0, children }: LeadProps) {
  const workbench = useWorkbench();
  if (!workbench.evaluation.value?.has_counts) return <>{children}</>;
  return (
    <button
      type="button"
      class="cew-figure-lead"
      tabIndex={tabIndex}
      aria-label={label}
      title={title ?? behindSentence(figure, of ? of.name || of.id : "all concepts")}
      onClick={() => {
        if (instead) return instead();
        if (of) workbench.setConcept(of.id);
        workbench.select({ ...behind(of?.id ?? null, figure), ...also });
      }}
    >
      {children}
    </button>
  );
}
