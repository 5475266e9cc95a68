/** Every `src/workbench/panels/NAME/index.tsx`, found while bundling (see build.mjs), in the order of their names. */
declare module "panels:all" {
  const panels: readonly import("./panel.tsx").Panel[];
  export default panels;
}
