/** Panels of which what they ask with comes late, with their view. */
import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { LateParts } from "../parts/late.tsx";
import type { PanelName } from "../wire/payload.ts";
import { type AnyAsking, AskedBody, type Asking, useAnswer } from "./panel.tsx";
import { panelNamed } from "./views/slots.ts";

/** The view of a panel with its questions, as `registerLate` takes it. */
type AskingView = FunctionComponent<{ title: string }> & { readonly asking: AnyAsking };

/** Makes such a view; to be default-exported by the panel's `View.late.tsx`. */
export function asks<Name extends PanelName>(asking: Asking<Name>): AskingView {
  const Body = ({ title }: { title: string }) => <AskedBody panel={asking} title={title} />;
  return Object.assign(Body, { asking: asking as unknown as AnyAsking });
}

/** What a panel asks with, wherever it says so; undefined where its section travels with the results. */
export function askingOf({ parts }: LateParts, name: string): AnyAsking | undefined {
  return (parts[`${name}/View`] as Partial<AskingView> | undefined)?.asking ?? panelNamed(name)?.asking;
}

/** For what does not ask. */
const NOTHING: Pick<AnyAsking, "id" | "params" | "subject"> = {
  id: "conditions",
  params: () => ({}),
  subject: () => null,
};

/** Why there is nothing of a panel to take away; empty when there is. It asks for the panel's section to know. */
export function useUntaken(asking: AnyAsking | undefined): string {
  const untaken = asking?.untaken;
  const { reason, question, section } = useAnswer(asking ?? NOTHING, useSignal(untaken !== undefined));
  if (reason.value || (question.value && !section.value)) return reason.value;
  return untaken?.(section.value) ?? "";
}
