/** The platform's side of a widget, for its views. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Platform } from "./platform.ts";

/** The pickers and rows of the widget a view belongs to. */
export const PlatformContext = createContext<Platform | null>(null);

/** The pickers and rows around this component. */
export function usePlatform(): Platform {
  const platform = useContext(PlatformContext);
  if (platform === null) throw new Error("This view stands outside a PlatformContext.");
  return platform;
}
