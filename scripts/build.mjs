// Compiles src/ to dist/ and copies the board files beside it, so that an installed package needs no sources.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";

if (!existsSync("src")) process.exit(0); // installed from the packed tarball: dist/ is already there
rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
cpSync("src/board/boards", "dist/board/boards", { recursive: true });
