/** The form that connects to another account or server. */
import { usePlatform } from "../context.ts";

/** The fields of a connection, by the names they have in the message. */
const FIELDS = [
  ["user_id", "User"],
  ["pat", "Personal access token"],
  ["base_url", "Server"],
] as const;

/** What a field is without an entry. */
const HINTS: Record<string, string> = { base_url: "the public one" };

/**
 * Connects to another account or server.
 *
 * The token stands in its field only: it is sent once, in a message, and the form is emptied with that. The message is held
 * until its reply, as every action under way is; after that nothing of the page has it, and no trait and no saved notebook
 * ever.
 */
export default function ConnectionForm() {
  const platform = usePlatform();
  const failure = platform.actions.errors.value.connect;
  const connect = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    platform.connect(Object.fromEntries(new FormData(form)) as Record<(typeof FIELDS)[number][0], string>);
    form.reset();
  };
  return (
    <form aria-label="Change connection" onSubmit={connect}>
      {FIELDS.map(([name, label]) => (
        <label key={name} class="cew-field">
          <span class="cew-label">{label}</span>
          <input
            class="cew-input"
            name={name}
            type={(name === "pat" ? "password" : "text") as "text"}
            autocomplete="off"
            placeholder={HINTS[name]}
          />
        </label>
      ))}
      <button type="submit">Connect</button>
      <p role="alert">{failure?.message}</p>
    </form>
  );
}
