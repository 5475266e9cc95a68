/** What the bundle hands over to its second file, in the order that this takes it (see late.mjs). */
declare module "late:shared" {
  const shared: () => readonly unknown[];
  export default shared;
}
