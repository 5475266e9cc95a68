/** The workbench, for its views and panels: through preact's context, for the module itself holds nothing. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Workbench } from "./workbench.ts";

/** The workbench of the widget a view belongs to. */
export const WorkbenchContext = createContext<Workbench | null>(null);

/** The workbench around this component. */
export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === null) throw new Error("This view stands outside a WorkbenchContext.");
  return workbench;
}
