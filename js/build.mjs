import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { buildLate, nothingShared } from "./late.mjs";

// What a page starts with; and what it asks for when it is first needed.
const BUDGET_KB = 51;
const LATE_BUDGET_KB = 40;
const STATIC = "../clarifai_eval_widget/static";

const PANELS = "src/workbench/panels";

// Panels are found, not listed: "panels:all" imports every folder's index.tsx, in the order of their names.
const panels = {
  name: "panels",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^panels:all$/ }, ({ path }) => ({ path, namespace: "panels" }));
    onLoad({ filter: /.*/, namespace: "panels" }, () => {
      const names = readdirSync(PANELS).filter((name) => existsSync(`${PANELS}/${name}/index.tsx`));
      const imports = names.sort().map((name, i) => `import panel${i} from "./${PANELS}/${name}/index.tsx";`);
      const all = `export default [${names.map((_, i) => `panel${i}`).join(", ")}];`;
      return { contents: [...imports, all].join("\n"), resolveDir: ".", watchDirs: [PANELS] };
    });
  },
};

// "golden:all" imports every payload that Python packed for the tests.
const GOLDEN = "../tests/data/wire";
const golden = {
  name: "golden",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^golden:all$/ }, ({ path }) => ({ path, namespace: "golden" }));
    onLoad({ filter: /.*/, namespace: "golden" }, () => {
      const names = readdirSync(GOLDEN).filter((name) => name.endsWith(".bin"));
      const imports = names.map((name, i) => `import payload${i} from "./${GOLDEN}/${name}";`);
      const all = names.map((name, i) => `"${name.slice(0, -".bin".length)}": payload${i}`);
      return { contents: [...imports, `export default { ${all.join(", ")} };`].join("\n"), resolveDir: "." };
    });
  },
};

const common = {
  bundle: true,
  format: "esm",
  // Calls of h are shorter than those of the automatic runtime, and need no runtime: half a kilobyte of the whole.
  inject: ["jsx.mjs"],
  tsconfigRaw: { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment" } },
  logLevel: "warning",
  plugins: [panels],
};

// Properties that only the bundle's own code and Preact's use, by no string, in no message and on no element: they may have
// any name, which is a third of a kilobyte of the whole.
const OWN = `conceptIndex thresholdOf flushThreshold setThreshold setConcept pointOf setChoice onPick onPickEnd onLook onChoose
  ofMeans ofRates ofCounts xLabel yLabel xTicks yTicks shouldComponentUpdate componentWillUnmount getDerivedStateFromProps
  getChildContext componentDidMount componentDidUpdate componentWillReceiveProps componentWillUpdate componentWillMount
  ownOnScreen takeThresholds resetOwn showCurves isOwn setOwn setOpen flushThreshold useUntaken onSort
  workbench supply asking restored settled demand onClose useChosen
  getSnapshotBeforeUpdate componentDidCatch getDerivedStateFromError contextType defaultProps setState forceUpdate`;

// esbuild does not inline what is used once; that is two kilobytes of the whole. Reading a signal has effects, so that no
// getter counts as pure. What the two files call by name has the same name in both.
async function shorten(code, properties) {
  const compress = {
    passes: 4,
    pure_getters: false,
    unsafe_arrows: true,
    keep_fargs: false,
    lhs_constants: false,
    unsafe: true,
  };
  const mangle = { properties: { regex: new RegExp(`^(${OWN.split(/\s+/).join("|")})$`), builtins: true } };
  const nameCache = { props: properties };
  const short = await minify(code, { module: true, ecma: 2020, compress, mangle, nameCache });
  Object.assign(properties, nameCache.props);
  return short.code;
}

/** Kilobytes of files of the bundle together, as they are sent. */
function kilobytes(names) {
  const sizes = names.map((name) => gzipSync(readFileSync(`${STATIC}/${name}`), { level: 9 }).length / 1024);
  return sizes.reduce((a, b) => a + b, 0);
}

const TARGET = { target: ["chrome111", "firefox115", "safari16.4"], legalComments: "none" };

async function buildWidget() {
  const whole = {
    ...common,
    ...TARGET,
    // What the signals tell their browser extension is of no use in a notebook.
    define: { "window.__PREACT_SIGNALS_DEVTOOLS__": "false" },
  };
  const { late, plugin } = await buildLate(whole, "src/widget.ts");
  const plugins = [...whole.plugins, plugin];
  await build({ ...whole, plugins, entryPoints: { widget: "src/widget.ts" }, outdir: STATIC, minify: true });
  const properties = {};
  const first = readFileSync(`${STATIC}/widget.js`, "utf8");
  writeFileSync(`${STATIC}/widget.js`, await shorten(first, properties));
  writeFileSync(`${STATIC}/late.js`, await shorten(late, properties));
  const [atFirst, asked] = [kilobytes(["widget.js", "widget.css"]), kilobytes(["late.js"])];
  console.log(`gzip: widget.js + widget.css ${atFirst.toFixed(1)} KB; late.js ${asked.toFixed(1)} KB`);
  if (atFirst > BUDGET_KB)
    throw new Error(`The bundle is ${atFirst.toFixed(1)} KB gzipped; the budget is ${BUDGET_KB} KB.`);
  if (asked > LATE_BUDGET_KB)
    throw new Error(`late.js is ${asked.toFixed(1)} KB gzipped; its budget is ${LATE_BUDGET_KB} KB.`);
}

// Bundled because Node 20 cannot strip types itself.
async function buildTests() {
  rmSync("build/test", { recursive: true, force: true });
  const names = readdirSync("test", { recursive: true }).filter((name) => /\.test\.tsx?$/.test(name));
  await build({
    ...common,
    plugins: [panels, nothingShared],
    // Flat, so that one pattern finds them in every version of Node: "wire/payload.test.ts" is "wire-payload.test.mjs".
    entryPoints: names.map((name) => ({
      in: `test/${name}`,
      out: name.replace(/\.tsx?$/, "").replaceAll(/[\\/]/g, "-"),
    })),
    outdir: "build/test",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node20",
    sourcemap: "inline",
  });
}

// What the page sends and packs, written for Python's tests.
async function writeGolden() {
  const out = { outdir: "build/golden", outExtension: { ".js": ".mjs" }, platform: "node", target: "node20" };
  await build({ ...common, plugins: [panels, nothingShared], ...out, entryPoints: { golden: "test/fromPage.ts" } });
  (await import("./build/golden/golden.mjs")).write();
}

// A page that runs the real front end on a fake model: no kernel, for looking and measuring.
async function buildHarness() {
  mkdirSync("build/dev", { recursive: true });
  const head = '<!doctype html><meta charset="utf-8"><title>Harness</title><link rel="stylesheet" href="page.css">';
  writeFileSync("build/dev/index.html", `${head}<body><script type="module" src="page.js"></script></body>`);
  const loader = { ".bin": "binary" };
  const { late, plugin } = await buildLate({ ...common, plugins: [panels, golden], loader }, "dev/page.ts");
  writeFileSync("build/dev/late.js", late);
  const plugins = [panels, golden, plugin];
  await build({ ...common, plugins, loader, entryPoints: { page: "dev/page.ts" }, outdir: "build/dev" });
}

const modes = { "--test": buildTests, "--dev": buildHarness, "--golden": writeGolden };
await (modes[process.argv[2]] ?? buildWidget)();
