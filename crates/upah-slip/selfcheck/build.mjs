// Bundles src/check.js into the one script that stands in every slip. `node build.mjs` writes it to standard output;
// `node build.mjs FILE` says whether FILE is what it would write.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const { outputFiles } = await build({
  entryPoints: [`${here}src/check.js`],
  absWorkingDir: here,
  bundle: true,
  charset: "ascii",
  format: "iife",
  legalComments: "none",
  minify: true,
  // The oldest browser that knows BigInt, which the curve needs; Firefox 68 and Safari 14 know as much.
  target: "chrome67",
  write: false,
});
// It stands in an element: nothing in it may end or comment out that element.
const script = outputFiles[0].text.trim();
if (/<\/?script|<!--/i.test(script)) throw new Error("the script would end its own element");

const committed = process.argv[2];
if (committed === undefined) {
  process.stdout.write(script);
} else if (readFileSync(committed, "utf8") !== script) {
  console.error(`${committed} is not what its source gives; write it with: node build.mjs > FILE`);
  process.exit(1);
}
