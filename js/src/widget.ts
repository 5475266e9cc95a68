/** The anywidget front-end module: one session a model, one preact root a view. */
import { type Model, Session } from "./session.ts";
import "./style.css";
import { mount } from "./views/App.tsx";

interface InitializeProps {
  model: Model;
  /** From anywidget 0.11; older hosts call the returned function instead. */
  signal?: AbortSignal;
}

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
      session = new Session(model, ending.signal);
      return () => ending.abort();
    },
    render({ el, signal }: RenderProps) {
      const unmount = mount(el, session);
      signal?.addEventListener("abort", unmount);
      return unmount;
    },
  };
};
