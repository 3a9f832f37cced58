import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open as openWithElfinfo, ProgramHeaderEntryType } from "elfinfo";
import { afterAll, describe, expect, it } from "vitest";
import { readImage, type Image, type ImageSymbol } from "../../src/elf/image.ts";
import { oracle } from "../oracle/oracle.ts";

const gcc = oracle("arm-none-eabi-gcc");
const readelf = oracle("arm-none-eabi-readelf");
const nm = oracle("arm-none-eabi-nm");
const size = oracle("arm-none-eabi-size");
const objcopy = oracle("arm-none-eabi-objcopy");
const tools = gcc && readelf && nm && size && objcopy ? { gcc, readelf, nm, size, objcopy } : undefined;

const source = `
#include <stdint.h>
extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;
static const char names[] = "silence unknown yes no";
static volatile uint16_t odd = 7;
volatile int counter = 42;
char buffer[100];
char *volatile text = "initialised pointer";
static __attribute__((noinline)) int helper(int x) { return x * counter + names[x & 15]; }
__attribute__((weak)) int replaceable(int x) { return x - 1; }
__attribute__((section(".ramfunc"), noinline)) int quick(int x) { return x + odd; }
int label(void);
__asm__(".thumb\\n.global label\\nlabel:\\n movs r0, #1\\n bx lr\\n");
int main(void) { buffer[1] = (char)helper(replaceable(2)); return quick(label()) + text[0]; }
void Reset_Handler(void) {
  for (uint32_t *from = &_sidata, *to = &_sdata; to < &_edata;) *to++ = *from++;
  for (uint32_t *to = &_sbss; to < &_ebss;) *to++ = 0;
  main();
  for (;;) {}
}
__attribute__((section(".isr_vector"), used)) void *const vectors[2] = { &_estack, Reset_Handler };
`;

const script = `
ENTRY(Reset_Handler)
MEMORY { FLASH (rx) : ORIGIN = 0x08008000, LENGTH = 480K  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 320K }
_estack = ORIGIN(RAM) + LENGTH(RAM);
SECTIONS {
  .isr_vector : { KEEP(*(.isr_vector)) } > FLASH
  .text : { *(.text*) } > FLASH
  .rodata : { *(.rodata*) } > FLASH
  .ARM.exidx : { *(.ARM.exidx*) } > FLASH
  .data : { _sdata = .; *(.data*) *(.ramfunc) . = ALIGN(4); _edata = .; } > RAM AT> FLASH
  _sidata = LOADADDR(.data);
  .bss (NOLOAD) : { _sbss = .; *(.bss*) *(COMMON) . = ALIGN(4); _ebss = .; } > RAM
}
`;

const directory = mkdtempSync(join(tmpdir(), "mcusim-elf-"));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Builds the program above; `variant` are the options that differ. */
function build(name: string, variant: readonly string[]): string {
  const path = join(directory, name);
  writeFileSync(join(directory, "main.c"), source);
  writeFileSync(join(directory, "link.ld"), script);
  const fixed = ["-mcpu=cortex-m7", "-mthumb", "-nostartfiles", "-T", join(directory, "link.ld")];
  execFileSync(tools!.gcc, [...fixed, ...variant, join(directory, "main.c"), "-o", path], { stdio: "pipe" });
  return path;
}

function run(tool: string, ...options: readonly string[]): string {
  return execFileSync(tool, options, { encoding: "utf8" });
}

function read(path: string): Image {
  return readImage(readFileSync(path), path);
}

/** Name, address (with the Thumb bit of functions, as in the file) and size, as readelf prints them. */
function readelfSymbols(path: string): readonly string[] {
  const rows = run(tools!.readelf, "-sW", path).split("\n");
  const fields = rows.map((row) => row.trim().split(/\s+/)).filter((row) => /^\d+:$/.test(row[0]!));
  return fields
    .filter(
      ([, , , type, , , section, name]) => name && section !== "UND" && type !== "FILE" && type !== "SECTION",
    )
    .filter(([, , , , , , , name]) => !/^\$[adt]/.test(name!))
    .map(([, address, bytes, type, binding, , , name]) => {
      const raw = Number.parseInt(address!, 16);
      const kind = type === "FUNC" ? "function" : type === "OBJECT" ? "object" : "other";
      return `${name} ${kind === "function" ? (raw & ~1) >>> 0 : raw} ${bytes} ${kind} ${binding!.toLowerCase()}`;
    })
    .sort();
}

describe.skipIf(!tools).each([
  ["O0 with DWARF", ["-O0", "-g3"]],
  ["O2", ["-O2"]],
  ["stripped of debug, page size of 4 KiB", ["-Os", "-Wl,-z,max-page-size=4096"]],
])("binutils on a program built by gcc, %s", (name, variant) => {
  const path = tools ? build(`${name.replaceAll(/\W+/g, "-")}.elf`, variant) : "";
  const image = tools ? read(path) : undefined!;

  it("readelf -s: names, addresses, sizes, kinds and bindings", () => {
    const ours = image.symbols.map((s) => `${s.name} ${s.address} ${s.size} ${s.kind} ${s.binding}`).sort();
    expect(ours.length).toBeGreaterThan(15);
    expect(ours).toEqual(readelfSymbols(path));
  });

  it("nm: addresses of functions and objects", () => {
    const listed = run(tools!.nm, path)
      .trim()
      .split("\n")
      .map((row) => row.split(" "));
    expect(listed.length).toBe(image.symbols.length);
    for (const [address, , symbol] of listed) {
      expect(image.findSymbol(symbol!)?.address, symbol).toBe(Number.parseInt(address!, 16));
    }
  });

  it("readelf -S: sections", () => {
    const rows = run(tools!.readelf, "-SW", path).matchAll(
      /^ {2}\[ *([1-9]\d*)\] (\S+) +\S+ +([0-9a-f]{8}) [0-9a-f]{6} ([0-9a-f]{6})/gm,
    );
    const theirs = [...rows].map(([, , section, address, bytes]) => [
      section,
      Number.parseInt(address!, 16),
      Number.parseInt(bytes!, 16),
    ]);
    expect(theirs.length).toBeGreaterThan(5);
    expect(image.sections.map((s) => [s.name, s.address, s.size])).toEqual(theirs);
  });

  it("size: text, data and bss", () => {
    const sums = run(tools!.size, path).split("\n")[1]!.trim().split(/\s+/).slice(0, 3).map(Number);
    const sum = (...kinds: readonly string[]): number => {
      return image.sections.filter((s) => kinds.includes(s.kind)).reduce((total, s) => total + s.size, 0);
    };
    expect([sum("code", "constants"), sum("initialised-data"), sum("zero-initialised")]).toEqual(sums);
  });

  it("objcopy -O binary and -O ihex: the bytes that are loaded", () => {
    const flat = (other: Image): Map<number, number> => {
      return new Map(
        other.segments.flatMap((s) => [...s.bytes].map((byte, index) => [s.address + index, byte] as const)),
      );
    };
    const ours = flat(image);
    expect(Math.min(...ours.keys())).toBe(0x0800_8000);
    run(tools!.objcopy, "-O", "ihex", path, `${path}.hex`);
    run(tools!.objcopy, "-O", "binary", path, `${path}.bin`);
    const ihex = read(`${path}.hex`);
    expect(ihex.entry).toBe(image.entry);
    for (const [address, byte] of flat(ihex)) expect(ours.get(address)).toBe(byte);
    const raw = readImage(readFileSync(`${path}.bin`), `${path}.bin`, { loadAddress: 0x0800_8000 });
    for (const [address, byte] of ours) expect(flat(raw).get(address) ?? 0).toBe(byte);
    expect(ours.size).toBeGreaterThanOrEqual(flat(ihex).size);
  });

  it("readelf -h and -p: entry and compiler", () => {
    const entry = /Entry point address: +0x([0-9a-f]+)/.exec(run(tools!.readelf, "-h", path))?.[1];
    expect(image.entry).toBe((Number.parseInt(entry!, 16) & ~1) >>> 0);
    expect(run(tools!.readelf, "-p", ".comment", path)).toContain(image.compiler);
    expect(image.compiler).toMatch(/^GCC: /);
  });

  it("nm: every symbol with a size covers its own bytes", () => {
    const sized = image.symbols.filter((symbol): symbol is ImageSymbol => symbol.size > 0);
    expect(sized.length).toBeGreaterThan(6);
    for (const symbol of sized) {
      expect(image.symbolAt(symbol.address + symbol.size - 1)).toEqual({ symbol, offset: symbol.size - 1 });
    }
    expect(image.symbolAt(image.findSymbol("label")!.address + 2)?.symbol.name).toBe("label");
  });

  it("elfinfo: segments, sections and symbols", async () => {
    const { elf } = await openWithElfinfo(readFileSync(path));
    const loaded = elf!.segments.filter((segment) => segment.type === ProgramHeaderEntryType.Load);
    const theirs = loaded.map((s) => [s.vaddr, s.paddr, s.filesz, s.memsz].map(Number));
    // elfinfo keeps the file's headers in the segment, and empty segments.
    const ends = ([vaddr, paddr, filesz, memsz]: number[]): number[] => [
      vaddr! - paddr!,
      paddr! + filesz!,
      vaddr! + memsz!,
    ];
    const ours = image.segments.map((s) => [s.virtualAddress, s.address, s.bytes.length, s.memorySize]);
    expect(ours.map(ends).sort()).toEqual(
      theirs
        .filter(([, , , memsz]) => memsz! > 0)
        .map(ends)
        .sort(),
    );
    const symbols = elf!.sections.flatMap((section) =>
      "symbols" in section ? (section.symbols as { name: string }[]) : [],
    );
    const known = new Set(symbols.map((symbol) => symbol.name));
    expect(image.symbols.filter((symbol) => !known.has(symbol.name))).toEqual([]);
    expect(elf!.sections.slice(1).map((section) => section.name)).toEqual(
      image.sections.map((section) => section.name),
    );
  });
});

it.skipIf(!tools)("an object file that gcc has not linked is refused", () => {
  writeFileSync(join(directory, "object.c"), "int x;");
  const path = join(directory, "object.o");
  run(tools!.gcc, "-c", "-mcpu=cortex-m4", join(directory, "object.c"), "-o", path);
  expect(() => read(path)).toThrow(/is an object file, not a program\. Link it first/);
});
