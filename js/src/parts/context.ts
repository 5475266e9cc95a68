/** The widget's actions, for any control. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Actions } from "./actions.ts";

/** The actions of the widget a view belongs to. */
export const ActionsContext = createContext<Actions | null>(null);

/** The actions around this component. */
export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error("This view stands outside an ActionsContext.");
  return actions;
}
