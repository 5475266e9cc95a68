/** The widget's actions, for any control, and its second file. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Actions } from "./actions.ts";
import type { Late } from "./late.tsx";

/** The actions of the widget a view belongs to. */
export const ActionsContext = createContext<Actions | null>(null);

/** The actions around this component. */
export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error("This view stands outside an ActionsContext.");
  return actions;
}

/** The second file of the widget a view belongs to. */
export const LateContext = createContext<Late | null>(null);

/** The second file of the widget around this component. */
export function useLate(): Late {
  const late = useContext(LateContext);
  if (late === null) throw new Error("This view stands outside a LateContext.");
  return late;
}
