import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import Module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { setFlagsOfV8 } from "../src/runner/v8-flags.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
};

/** Paths that `npm pack` would put into the tarball of what is built now. */
function packedFiles(): readonly string[] {
  const options = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const listing: unknown = JSON.parse(
    execFileSync("npm", options, { cwd: root, encoding: "utf8", stdio: "pipe" }),
  );
  // A list before npm 12, an object by package name from there on.
  const [pack] = Object.values(listing as object) as { files: { path: string }[] }[];
  return pack!.files.map((file) => file.path);
}

describe("the package", () => {
  it.each(Object.entries(manifest.bin))("command %s is a Node script", (_name, path) => {
    const source = path.replace(/^dist\/(.*)\.js$/, "src/$1.ts");
    expect(readFileSync(join(root, source), "utf8").split("\n")[0]).toBe("#!/usr/bin/env node");
  });

  it.runIf(existsSync(join(root, "dist")))(
    "holds what runs, the boards and the prebuilt firmware, and no sources",
    () => {
      const files = packedFiles();
      const boards = readdirSync(join(root, "src/board/boards")).map((name) => `dist/board/boards/${name}`);
      const firmware = execFileSync("git", ["ls-files", "firmware/*/prebuilt/*"], {
        cwd: root,
        encoding: "utf8",
      });
      const expected = [
        "LICENSE",
        "README.md",
        "package.json",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/cli/bundle.cjs",
        "dist/cli/NOTICES.txt",
        "dist/runner/evaluation-worker.js",
        "dist/cli/comparison-worker.js",
      ];
      const wanted = [
        ...expected,
        ...Object.values(manifest.bin),
        ...boards,
        ...firmware.split("\n").filter(Boolean),
      ];
      expect(wanted).toContain("firmware/kws/prebuilt/kws-nucleo-f746zg.elf");
      expect(wanted.filter((path) => !files.includes(path))).toEqual([]);
      expect(files.filter((path) => /^(src|test|scripts|bench|docs|\.ci)\//.test(path))).toEqual([]);
    },
  );

  describe.runIf(existsSync(join(root, "dist")))("as it is built now", () => {
    const mcusim = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [join(root, manifest.bin["mcusim"]!), ...args], {
        cwd: root,
        encoding: "utf8",
        stdio: "pipe",
      });

    it("finds its version and its boards", () => {
      expect(mcusim("--version").trim()).toBe(manifest.version);
      expect(mcusim("boards")).toContain("nucleo-f746zg");
    });

    it("runs firmware, and evaluates on worker threads", () => {
      const firmware = "firmware/kws/prebuilt/kws-mps2-an386.elf";
      expect(mcusim("run", firmware, "--board", "mps2-an386")).toContain("Detected yes");
      const dataset = ["--dataset", "firmware/kws/clips", "--board", "mps2-an386", "--jobs", "2"];
      expect(mcusim("eval", firmware, ...dataset)).toContain("on 2 threads");
      const hello = "firmware/hello/prebuilt/hello-{board}.elf";
      const boards = ["--boards", "mps2-an386,mps2-an500", "--jobs", "2"];
      expect(mcusim("compare", hello, ...boards)).toMatch(/^mps2-an500 +cortex-m7 /m);
    });

    it("uses the compiled code that the build kept, when this Node made it", () => {
      const cache = `bundle-${process.version}-${process.platform}-${process.arch}.cache`;
      const directory = join(root, "dist/cli");
      if (!existsSync(join(directory, cache))) return;
      const source = Module.wrap(readFileSync(join(directory, "bundle.cjs"), "latin1"));
      const cachedData = readFileSync(join(directory, cache));
      const filename = join(directory, "bundle.cjs");
      setFlagsOfV8();
      expect(new Script(source, { filename, cachedData }).cachedDataRejected).toBe(false);
    });
  });
});
