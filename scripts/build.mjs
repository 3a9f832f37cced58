// Compiles src/ to dist/, copies the board files beside it and makes the command executable, so that the package needs
// no sources and `npx mcusim` works in a clone.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const compiler = "node_modules/typescript/bin/tsc";
if (!existsSync(compiler)) {
  console.error("mcusim: the build needs the development packages: run npm install --include=dev");
  process.exit(1);
}
rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status !== 0) process.exit(1);
cpSync("src/board/boards", "dist/board/boards", { recursive: true });
const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
for (const command of Object.values(bin)) if (existsSync(command)) chmodSync(command, 0o755);
