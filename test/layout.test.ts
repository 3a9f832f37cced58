import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = normalize(join(dirname(fileURLToPath(import.meta.url)), ".."));
const src = join(root, "src");

/**
 * Who may import whom: the rule of docs/architecture.md and docs/adr/0003. A file follows the row of the nearest folder
 * above it; it may also import from its own folder in src, and `errors.ts`. `type …` allows `import type` alone.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  isa: [],
  board: [],
  elf: [],
  nn: [],
  memory: [],
  core: ["isa", "type memory"],
  timing: ["isa", "type memory"],
  peripherals: ["type memory"],
  "peripherals/cortex-m": ["core", "type memory"],
  exec: ["timing", "core", "memory", "isa"],
  jit: ["exec", "timing", "core", "memory", "isa"],
  runner: ["exec", "jit", "board", "elf", "peripherals", "memory", "timing", "core", "isa"],
  debug: ["runner"],
  report: ["type runner/counters", "type runner/timeline"],
  cli: ["report", "runner", "debug", "nn", "board", "elf", "isa"],
  index: ["cli", "report", "runner", "debug", "nn", "board", "elf", "isa"],
};

/** Packages that a folder may import; elsewhere in src there are none. */
const packages: Readonly<Record<string, readonly string[]>> = {
  board: ["yaml"],
  cli: ["commander", "pino", "yaml"],
};

/** Folders that may use Node's own modules: the rest is pure and runs anywhere. */
const mayUseNode = ["cli", "board", "debug", "runner"];

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function sourceFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.replaceAll(sep, "/"))
    .sort();
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(src, path), "utf8"), ts.ScriptTarget.Latest, true);
}

/** Static and dynamic imports and re-exports of one file. */
function importsOf(file: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean): void => {
    if (ts.isStringLiteralLike(specifier))
      found.push({ from: file.fileName, specifier: specifier.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0]!, false);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    !clause.name &&
    !!bindings &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

/** The first folder of a path in src, or the file itself without its ending. */
function areaOf(path: string): string {
  return path.split("/")[0]!.replace(/\.ts$/, "");
}

/** The row of the nearest folder above the file, or of the file itself. */
function ruleFor(path: string): readonly string[] | undefined {
  for (let key = path.replace(/\.ts$/, ""); key !== "."; key = dirname(key))
    if (allowed[key]) return allowed[key];
  return undefined;
}

/** What is wrong with one import, if anything is. */
function offence({ from, specifier, typeOnly }: Import): string | undefined {
  const area = areaOf(from);
  const rule = ruleFor(from);
  if (!rule) return `${from}: src/${area} has no row in the table of test/layout.test.ts`;
  if (specifier.startsWith("node:")) {
    return mayUseNode.includes(area) ? undefined : `${from}: ${specifier} is not for src/${area}`;
  }
  if (!specifier.startsWith(".")) {
    return packages[area]?.includes(specifier)
      ? undefined
      : `${from}: package ${specifier} is not for src/${area}`;
  }
  const target = relative(src, join(src, dirname(from), specifier)).replaceAll(sep, "/");
  if (target.startsWith("../"))
    return target === "../package.json" ? undefined : `${from}: ${specifier} is outside src`;
  if (areaOf(target) === area || target === "errors.ts") return undefined;
  const permitted = rule.some((entry) => {
    const path = entry.replace(/^type /, "");
    return (typeOnly || path === entry) && (target === `${path}.ts` || target.startsWith(`${path}/`));
  });
  return permitted ? undefined : `${from}: must not import ${typeOnly ? "types of " : ""}${target}`;
}

const outsideWorld = ["process", "console", "Date", "performance", "globalThis", "Math.random"];

/** Uses of the outside world in one file, unless the file itself declares the name. */
function impurities(file: ts.SourceFile): readonly string[] {
  let checker: ts.TypeChecker | undefined;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const used = ts.isIdentifier(node) ? valueName(node) : undefined;
    const suspect = outsideWorld.some((name) => used === name || used?.startsWith(`${name}.`));
    if (suspect && isGlobal(node as ts.Identifier, (checker ??= isolatedChecker(file)))) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file.fileName}:${line + 1}: ${used} is only for src/cli`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** A checker that knows this one file and nothing else, so that a name without a declaration in it is a global. */
function isolatedChecker(file: ts.SourceFile): ts.TypeChecker {
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    types: [],
    target: ts.ScriptTarget.Latest,
  };
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    fileExists: (name) => name === file.fileName,
  };
  return ts.createProgram([file.fileName], options, host).getTypeChecker();
}

function isGlobal(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return !symbol?.declarations?.length;
}

/** `name`, or `name.member`, of a global that is read as a value; `undefined` for members, types and names of properties. */
function valueName(node: ts.Identifier): string | undefined {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node ? `${node.text}.${parent.name.text}` : undefined;
  }
  return ts.isTypeNode(parent) || ts.isQualifiedName(parent) ? undefined : node.text;
}

const files = sourceFiles(src);

describe("who may import whom", () => {
  it.each(files)("src/%s", (path) => {
    expect(
      importsOf(parse(path))
        .map(offence)
        .filter((problem) => problem !== undefined),
    ).toEqual([]);
  });

  it("the table has a row for every folder that it names, and no cycle", () => {
    const visit = (area: string, path: readonly string[]): void => {
      expect(path, "a cycle").not.toContain(area);
      const rows = Object.keys(allowed).filter((key) => areaOf(key) === area);
      expect(rows, `no row for ${area}, which ${path.at(-1)} imports`).not.toEqual([]);
      for (const entry of rows.flatMap((row) => allowed[row]!))
        visit(areaOf(entry.replace(/^type /, "")), [...path, area]);
    };
    for (const key of Object.keys(allowed)) visit(areaOf(key), []);
  });

  it.each<[from: string, specifier: string, typeOnly: boolean, problem: RegExp | undefined]>([
    ["elf/image.ts", "../errors.ts", false, undefined],
    ["elf/image.ts", "./elf.ts", false, undefined],
    ["elf/image.ts", "../index.ts", false, /must not import index\.ts/],
    ["elf/image.ts", "../index.ts", true, /must not import types of index\.ts/],
    ["elf/image.ts", "node:fs", false, /node:fs is not for src\/elf/],
    ["elf/image.ts", "yaml", false, /package yaml is not for src\/elf/],
    ["peripherals/cortex-m/nvic.ts", "../../core/state.ts", false, undefined],
    ["peripherals/cortex-m/nvic.ts", "../scheduler.ts", false, undefined],
    ["peripherals/stm32/rcc.ts", "../../core/state.ts", false, /must not import core\/state\.ts/],
    ["peripherals/stm32/rcc.ts", "../../memory/bus.ts", false, /must not import memory\/bus\.ts/],
    ["peripherals/stm32/rcc.ts", "../../memory/bus.ts", true, undefined],
    ["report/text.ts", "../elf/image.ts", false, /must not import elf\/image\.ts/],
    ["cli/main.ts", "../elf/image.ts", false, undefined],
    ["cli/main.ts", "../../package.json", false, undefined],
    ["cli/main.ts", "../../test/elf/tiny-elf.ts", false, /outside src/],
    ["elsewhere/a.ts", "./b.ts", false, /no row in the table/],
  ])("judges %s importing %s (types only: %s)", (from, specifier, typeOnly, problem) => {
    const found = offence({ from, specifier, typeOnly });
    if (problem) expect(found).toMatch(problem);
    else expect(found).toBeUndefined();
  });

  it("sees imports of every form", () => {
    const text = `import a from "./a.ts"; import type { B } from "./b.ts"; import { type C } from "./c.ts"; import "./d.ts";
      export * from "./e.ts"; export type { F } from "./f.ts"; type G = import("./g.ts").G; void import("./h.ts");`;
    const found = importsOf(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true));
    expect(found.map(({ specifier, typeOnly }) => `${specifier} ${typeOnly}`)).toEqual([
      "./a.ts false",
      "./b.ts true",
      "./c.ts true",
      "./d.ts false",
      "./e.ts false",
      "./f.ts true",
      "./g.ts true",
      "./h.ts false",
    ]);
  });
});

describe("only src/cli touches the process, the console, the clock and chance", () => {
  it.each(files.filter((path) => areaOf(path) !== "cli"))("src/%s", (path) => {
    expect(impurities(parse(path))).toEqual([]);
  });

  it("sees them where they are used, not where a member has the name", () => {
    const text = `console.log(process.argv, Date.now(), Math.random(), Math.abs(1)); const o = { process: 1, Date };
      o.process; function f(x: Date, { console }: { console: string }) { return console + x.process; } f(performance); globalThis.process;`;
    const found = impurities(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true));
    expect(found.map((line) => line.split(" ")[1])).toEqual([
      "console.log",
      "process.argv",
      "Date.now",
      "Math.random",
      "Date",
      "performance",
      "globalThis.process",
    ]);
  });
});
