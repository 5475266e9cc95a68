/** Every `tests/data/wire/NAME.bin` that Python packed, found while bundling (see build.mjs). */
declare module "golden:all" {
  const payloads: Readonly<Record<string, Uint8Array>>;
  export default payloads;
}
