import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly name: string;
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
      const firmware = execFileSync("git", ["ls-files", "firmware/*/prebuilt"], {
        cwd: root,
        encoding: "utf8",
      });
      const expected = [
        "LICENSE",
        "README.md",
        "package.json",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/errors.js",
      ];
      const wanted = [
        ...expected,
        ...Object.values(manifest.bin),
        ...boards,
        ...firmware.split("\n").filter(Boolean),
      ];
      expect(wanted.filter((path) => !files.includes(path))).toEqual([]);
      expect(files.filter((path) => /^(src|test|scripts|bench|docs|\.ci)\//.test(path))).toEqual([]);
    },
  );
});
