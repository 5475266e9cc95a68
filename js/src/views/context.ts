import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "../session.ts";

/** The session of the widget a view belongs to. */
export const SessionContext = createContext<Session | null>(null);

/** The session around this component. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("This view stands outside a SessionContext.");
  return session;
}
