import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Oracles asked for and not found; each is mentioned once. */
const missing = new Set<string>();

/**
 * Path of the outside program `command`, which judges mcusim in a test, or `undefined` where it is not installed. With
 * `MCUSIM_REQUIRE_ORACLES=1`, as in CI, a missing one is an error instead, so that nothing is skipped there.
 *
 * ```ts
 * const readelf = oracle("arm-none-eabi-readelf");
 * it.skipIf(!readelf)("agrees with readelf", () => { … });
 * ```
 */
export function oracle(command: string): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(directory, command);
    if (directory !== "" && isProgram(path)) return path;
  }
  requireOracle(command, "not on PATH");
  return undefined;
}

/** Says that the oracle `what` is missing and its tests are skipped; throws with `MCUSIM_REQUIRE_ORACLES=1`. */
export function requireOracle(what: string, why: string): void {
  const message = `oracle ${what} is missing (${why})`;
  if (process.env["MCUSIM_REQUIRE_ORACLES"] === "1")
    throw new Error(`${message} and MCUSIM_REQUIRE_ORACLES=1`);
  if (!missing.has(what)) process.stderr.write(`${message}: its tests are skipped\n`);
  missing.add(what);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * A Python in which `module` can be imported, or `undefined`; errors are those of `oracle`. `MCUSIM_ORACLE_PYTHON` names
 * one that is not the `python3` on PATH, such as that of a virtual environment with oracle/requirements.txt.
 */
export function pythonOracle(module: string): string | undefined {
  const python = process.env["MCUSIM_ORACLE_PYTHON"] ?? "python3";
  if (spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0) return python;
  requireOracle(`Python module ${module}`, `${python} cannot import it`);
  return undefined;
}
