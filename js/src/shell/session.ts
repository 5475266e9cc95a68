/** One widget in this page. */
import shared from "late:shared";
import type { Host } from "../host/host.ts";
import { Traits } from "../host/traits.ts";
import { Actions } from "../parts/actions.ts";
import { Late } from "../parts/late.tsx";
import { Platform } from "../platform/platform.ts";
import { Workbench } from "../workbench/workbench.ts";

/**
 * Everything that a widget's views share, on one host.
 *
 * Made once a model (in anywidget's `initialize`) or once a file, before any view. Views come and go without changing it.
 * It ends with the AbortSignal: what waits to be written is written, and no listener is left.
 */
export class Session {
  /** The kernel, or a file. */
  readonly host: Host;
  /** What is under way and what went wrong, by control. */
  readonly actions: Actions;
  /** The views that a page does not start with. */
  readonly late: Late;
  /** The evaluation on screen. */
  readonly workbench: Workbench;
  /** Pickers and rows; shown only where there is a server. */
  readonly platform: Platform;

  constructor(host: Host, ended: AbortSignal) {
    const traits = new Traits(host, ended);
    this.host = host;
    this.actions = new Actions(host, ended);
    this.late = new Late(this.actions, shared);
    this.workbench = new Workbench(host, traits, this.actions, ended);
    this.platform = new Platform(traits, this.actions, this.workbench);
  }

  /**
   * Lets the kernel know from where this page speaks. JupyterLab opens a shell beside the cells' for widgets, a moment
   * after the first of them is here; once the kernel has answered from there, it handles clicks while a cell runs.
   */
  listen(): void {
    if (!this.host.baked) this.host.request({ action: "listen" }).catch(() => {});
  }
}
