// The second file: what is asked of the host when it is first needed, and is not in the bundle that every page starts with.
//
// A module whose name ends in ".late.tsx" is in it, with what only such modules import. What the bundle holds as well is not
// in it twice: the bundle hands it over, as one array, when the second file has come. So there is one Preact, one set of
// contexts, and still no state in a module: the second file is a function, called once a widget.
import { readdirSync } from "node:fs";
import { relative, resolve } from "node:path";
import { build, transform } from "esbuild";

const SHARED = "shared:";
const LATE = /\.late\.tsx$/;
// import { a, b as c } from "shared:…";
const NAMED = /^import (?:(\w+)(?:, )?)?(?:\{([^}]*)\} )?(?:from )?"shared:([^"]+)";$/gm;

/** Name of a late module, by which `later("…")` calls it: its folder and its file. */
const nameOf = (path) => path.replaceAll("\\", "/").replace(LATE, "").split("/").slice(-2).join("/");

const virtual = (name, contents) => ({
  name,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${name}$`) }, ({ path }) => ({ path, namespace: name }));
    onLoad({ filter: /.*/, namespace: name }, () => ({ contents: contents(), resolveDir: "." }));
  },
});

/** "late:shared" for pages whose late modules are not built: there is nothing to hand over. */
export const nothingShared = virtual("late:shared", () => "export default () => [];");

/** "late:parts": every late module by its name. */
const parts = virtual("late:parts", () => {
  const paths = readdirSync("src", { recursive: true }).filter((path) => LATE.test(path));
  const names = paths.map(nameOf).sort();
  if (new Set(names).size < names.length) throw new Error(`Two late modules have one name: ${names.join(", ")}`);
  const imports = paths.map((path, i) => `import part${i} from "./src/${path.replaceAll("\\", "/")}";`);
  const all = paths.map((path, i) => `"${nameOf(path)}": part${i}`);
  return [...imports, `export default { ${all.join(", ")} };`].join("\n");
});

/** Leaves out of a build what is in the bundle. */
const outside = (inside) => ({
  name: "outside",
  setup(building) {
    building.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...args }) => {
      if (pluginData === "asked" || args.kind === "entry-point") return undefined;
      const { path: found, namespace } = await building.resolve(path, { ...args, pluginData: "asked" });
      const name = relative(".", found).replaceAll("\\", "/");
      return namespace === "file" && inside.has(name) ? { path: SHARED + name, external: true } : undefined;
    });
  },
});

/** Paths of the modules of which something is in the bundle. */
async function modulesOf(common, entry) {
  const built = await build({
    ...common,
    plugins: [...common.plugins, nothingShared],
    entryPoints: { first: entry },
    outdir: "build/none",
    minify: true,
    write: false,
    metafile: true,
  });
  const used = Object.values(built.metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return new Set(used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
}

/** Text of the function of what is handed over, and the names of it in the order in which they are. */
function wrapped(code, css) {
  const shared = new Map();
  const at = (path, name) => {
    const key = JSON.stringify([path, name]);
    if (!shared.has(key)) shared.set(key, shared.size);
    return shared.get(key);
  };
  const taken = [];
  const names = new Map();
  const take = (as, key) => {
    taken.push(`${as} = ${names.get(key) ?? `handed$[${key}]`}`);
    if (!names.has(key)) names.set(key, as);
  };
  const body = code.replace(NAMED, (_, whole, named, path) => {
    if (whole) take(whole, at(path, "default"));
    for (const one of named?.split(",").map((one) => one.trim()) ?? []) {
      const [name, as = name] = one.split(" as ");
      if (one) take(as, at(path, name));
    }
    return "";
  });
  if (body.includes(`"${SHARED}`))
    throw new Error(`The second file takes something in a way not understood: ${body.match(/.*"shared:.*/)}`);
  const [, given] = body.match(/export \{\s*(\w+) as default\s*\};\s*$/) ?? [];
  if (given === undefined) throw new Error("The second file gives no default export.");
  const inner = body.replace(/export \{[^}]*\};\s*$/, "");
  const text = `export default (handed$) => { const ${taken.join(", ")}; ${inner} return { parts: ${given}, css: ${css} }; };`;
  return { text, shared: [...shared.keys()].map((key) => JSON.parse(key)) };
}

/**
 * Builds the second file of a bundle: its text, not yet shortened, and the plugin that lets the bundle hand over what that
 * takes.
 */
export async function buildLate(common, entry) {
  const inside = await modulesOf(common, entry);
  const { outputFiles } = await build({
    ...common,
    plugins: [outside(inside), ...common.plugins, parts],
    stdin: { contents: 'export { default } from "late:parts";', resolveDir: ".", sourcefile: "late.js" },
    outdir: "build/none",
    write: false,
  });
  const text = (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  const { code: css } = await transform(text(".css"), { loader: "css", minify: true });
  const { text: late, shared } = wrapped(text(".js"), JSON.stringify(css.trim()));
  const handed = () => {
    const imports = shared.map(
      ([path, name], i) => `import { ${name} as s${i} } from ${JSON.stringify(resolve(path))};`,
    );
    return [...imports, `export default () => [${shared.map((_, i) => `s${i}`).join(", ")}];`].join("\n");
  };
  return { late, plugin: virtual("late:shared", handed) };
}
