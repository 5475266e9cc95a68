/** The dialog in which another account or server is connected to. */
import { useRef } from "preact/hooks";
import { Dialog } from "../../parts/Dialog.tsx";
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import { usePlatform } from "../context.ts";

/** A field of the form, by the name it is read under. */
function Field({ name, label, hint, secret = false }: { name: string; label: string; hint: string; secret?: boolean }) {
  return (
    <div class="cew-field">
      <span class="cew-label">{label}</span>
      <input
        class="cew-input"
        name={name}
        type={(secret ? "password" : "text") as "text"}
        autocomplete="off"
        aria-label={label}
      />
      <small>{hint}</small>
    </div>
  );
}

/**
 * Asks for user and token.
 *
 * The token stands in its field only: it is sent once, in a message, and the field is emptied with that. No trait, no
 * signal of the page and no saved notebook has it.
 */
export function ConnectionForm({ onClose }: { onClose: () => void }) {
  const platform = usePlatform();
  const form = useRef<HTMLFormElement>(null);
  const pending = "connect" in platform.actions.pending.value || platform.workbench.gone.value;
  const failure = platform.actions.errors.value.connect;
  const connect = (to: "account" | "samples") => {
    if (pending || form.current === null) return;
    const text = (name: string) => String(new FormData(form.current as HTMLFormElement).get(name) ?? "");
    platform.connect({ to, user_id: text("user"), pat: text("pat"), base_url: text("server") }, onClose);
    const field = form.current.elements.namedItem("pat") as HTMLInputElement;
    field.value = "";
  };
  const close = () => {
    platform.actions.dismiss("connect");
    onClose();
  };
  return (
    <Dialog title="Change connection" onClose={close}>
      <form
        class="cew-form"
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          connect("account");
        }}
      >
        <Field name="user" label="User" hint="As in clarifai.com/USER." />
        <Field name="pat" label="Personal access token" secret hint="Kept by the running kernel alone." />
        <Field name="server" label="Server" hint="Empty: https://api.clarifai.com." />
        {failure && <FailureNotice failure={failure} />}
        <div class="cew-form-end">
          <button type="button" aria-disabled={pending} onClick={() => connect("samples")}>
            Use the local server
          </button>
          <button type="submit" class="cew-primary" aria-disabled={pending}>
            {pending ? "Connecting…" : "Connect"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
