// What JSX becomes calls of; build.mjs gives it to every file.
export { Fragment, h } from "preact";
