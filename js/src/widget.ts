/** The bundle's entry: anywidget's front-end module, and the same page on a file. */
import "./parts/style.css";
import { type Baked, FileHost } from "./host/file.ts";
import { KernelHost, type Model } from "./host/kernel.ts";
import { hideSaved } from "./host/saved.ts";
import { mount } from "./shell/App.tsx";
import { Session } from "./shell/session.ts";

/** What anywidget hands over once a model. */
interface InitializeProps {
  model: Model;
  /** From anywidget 0.11; older hosts call the returned function instead. */
  signal?: AbortSignal;
}

/** What anywidget hands over once a view. */
interface RenderProps extends InitializeProps {
  el: HTMLElement;
}

/** A function as default export is called once a model, so that `initialize` and `render` share what they need. */
export default () => {
  let session: Session;
  return {
    initialize({ model, signal }: InitializeProps) {
      const ending = new AbortController();
      signal?.addEventListener("abort", () => ending.abort());
      session = new Session(new KernelHost(model, ending.signal), ending.signal);
      return () => ending.abort();
    },
    render({ model, el, signal }: RenderProps) {
      const unmount = mount(el, session, hideSaved(model));
      signal?.addEventListener("abort", unmount);
      return unmount;
    },
  };
};

/** Puts a page without a kernel into `el`; the returned function takes it away. `late` gives the text of the second file. */
export function openFile(el: HTMLElement, baked: Baked, late: () => Promise<string>): () => void {
  const ending = new AbortController();
  const unmount = mount(el, new Session(new FileHost(baked, late), ending.signal));
  return () => {
    unmount();
    ending.abort();
  };
}
