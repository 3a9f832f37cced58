// Builds dist/ from src/, so that the package needs no sources and `npx mcusim` works in a clone: the library with its
// types, the command line as one script with V8's code cache of it, a small file for each program that the script
// holds, and the board files. docs/adr/0006 says why.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** Programs in the script, by their sources below src/: the command, which npm links to, and the worker threads. */
const COMMAND = "cli/main";
const WORKERS = ["runner/evaluation-worker", "cli/comparison-worker"];

const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  return status === 0;
};
const write = (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const compiler = "node_modules/typescript/bin/tsc";
if (!existsSync(compiler) || !existsSync("node_modules/esbuild")) {
  console.error("mcusim: the build needs the development packages: run npm install --include=dev");
  process.exit(1);
}
rmSync("dist", { recursive: true, force: true });
if (!run(compiler, "-p", "tsconfig.build.json")) process.exit(1);

const { build } = await import("esbuild");
const common = { bundle: true, platform: "node", target: "node20", logLevel: "warning", external: ["pino"] };
await build({ ...common, entryPoints: ["src/index.ts"], format: "esm", outfile: "dist/index.js" });

/** Modules keep the URL that they would have as files of their own in dist/. */
const moduleUrls = {
  name: "module-urls",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      const place = relative(join(root, "src"), path).replaceAll("\\", "/").replace(/ts$/, "js");
      return { loader: "ts", contents: source.replaceAll("import.meta.url", `urlInDist("${place}")`) };
    }),
};
const starts = [COMMAND, ...WORKERS].map((name) => `"${name}": () => import("./src/${name}.ts"),`);
const { metafile } = await build({
  ...common,
  stdin: {
    contents: `const programs = { ${starts.join(" ")} }; export const start = (name) => programs[name]();`,
    resolveDir: root,
  },
  plugins: [moduleUrls],
  banner: {
    js: `const urlInDist = (place) => String(new URL("../" + place, require("node:url").pathToFileURL(__filename)));`,
  },
  format: "cjs",
  supported: { "dynamic-import": false },
  outfile: "dist/cli/bundle.cjs",
  metafile: true,
});
await build({
  ...common,
  stdin: {
    contents: `import { loadBundle } from "./src/cli/launch.ts"; void loadBundle(__filename).start("${COMMAND}");`,
    resolveDir: root,
  },
  banner: { js: "#!/usr/bin/env node" },
  format: "cjs",
  outfile: `dist/${COMMAND}.js`,
});
await build({ ...common, entryPoints: ["src/cli/launch.ts"], format: "cjs", outfile: "dist/cli/launch.cjs" });
for (const name of WORKERS) {
  const launch = JSON.stringify(
    relative(dirname(`dist/${name}`), "dist/cli").replace(/^(?!\.)/, "./") + "/launch.cjs",
  );
  write(
    `dist/${name}.js`,
    `void require(${launch}).loadBundle(require.resolve(${launch})).start("${name}");\n`,
  );
}
for (const name of [COMMAND, ...WORKERS])
  write(`dist/${dirname(name)}/package.json`, '{ "type": "commonjs" }\n');
cpSync("src/board/boards", "dist/board/boards", { recursive: true });
for (const file of Object.values(JSON.parse(readFileSync("package.json", "utf8")).bin))
  chmodSync(file, 0o755);
writeNotices(Object.keys(metafile.inputs));
if (!run("scripts/write-code-cache.mjs"))
  console.error("mcusim: built without a code cache; it starts slower");

/** The licences of the packages that the script contains, as they ask for. */
function writeNotices(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const notices = [...packages].toSorted().map((name) => {
    const licence = ["LICENSE", "LICENSE.md", "LICENCE"]
      .map((file) => `node_modules/${name}/${file}`)
      .find(existsSync);
    if (licence === undefined) throw new Error(`${name} has no licence file to go with the script`);
    return `${name}\n\n${readFileSync(licence, "utf8").trim()}\n`;
  });
  write("dist/cli/NOTICES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
}
