import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { setFlagsOfV8 } from "../runner/v8-flags.ts";

/** What the package's one script exports: it starts a program of ours by the path of its source below src/. */
export interface Bundle {
  readonly start: (program: string) => Promise<unknown>;
}

/** Code that V8 compiled is of use to the very same Node on the same kind of machine, so the file's name says which. */
const codeCache = `bundle-${process.version}-${process.platform}-${process.arch}.cache`;

/**
 * Loads `bundle.cjs` beside the file `launcher`, with what V8 compiled of it when the package was built: that saves
 * compiling hundreds of functions at every start. Another Node keeps a cache of its own where it can (from 22.1 on), or
 * compiles as usual.
 */
export function loadBundle(launcher: string): Bundle {
  const file = join(dirname(launcher), "bundle.cjs");
  const cachedData = readIfThere(join(dirname(launcher), codeCache));
  if (cachedData !== undefined) return run(compile(file, cachedData), file);
  (Module as { enableCompileCache?: () => void }).enableCompileCache?.();
  return createRequire(file)(file) as Bundle;
}

/** Compiles `bundle.cjs` anew. @returns it with what makes the cache for the next ones, once it has run */
export function recordBundle(
  launcher: string,
): Bundle & { readonly file: string; readonly cache: () => Buffer } {
  const file = join(dirname(launcher), "bundle.cjs");
  const script = compile(file, undefined);
  const { start } = run(script, file);
  return { start, file: join(dirname(launcher), codeCache), cache: () => script.createCachedData() };
}

function compile(filename: string, cachedData: Buffer | undefined): Script {
  setFlagsOfV8();
  // The build prints ASCII, which V8 keeps in a byte a character.
  const source = Module.wrap(readFileSync(filename, "latin1"));
  return new Script(source, { filename, ...(cachedData && { cachedData }) });
}

function run(script: Script, file: string): Bundle {
  const module = { exports: {} };
  const body = script.runInThisContext() as (...moduleScope: readonly unknown[]) => void;
  body(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports as Bundle; // the build's entry point
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
