import { loadBoard } from "../../board/registry.ts";
import type { Board } from "../../board/board.ts";
import type { Image, Section } from "../../elf/image.ts";
import { hexAddress } from "../../report/report.ts";
import { grouped, percent, renderTable } from "../../report/table.ts";
import { printJson } from "../json.ts";
import { defaultLoadAddress, loadFirmware } from "../load.ts";

export interface SizeOptions {
  readonly board?: string;
  readonly symbols: number;
  readonly loadAddress?: number;
  readonly json?: string;
}

interface SizeReport {
  readonly flash: {
    readonly code: number;
    readonly constants: number;
    readonly initialisedData: number;
    readonly used: number;
  };
  readonly ram: { readonly data: number; readonly bss: number; readonly used: number };
  readonly regions?: readonly { readonly name: string; readonly used: number; readonly size: number }[];
  readonly sections: readonly {
    readonly name: string;
    readonly address: number;
    readonly size: number;
    readonly kind: string;
  }[];
  readonly symbols: readonly {
    readonly name: string;
    readonly address: number;
    readonly size: number;
    readonly kind: string;
    readonly section: string;
  }[];
}

/** `mcusim size`: what a firmware file takes, before it runs (stack and heap: see `run`). */
export async function size(firmware: string, options: SizeOptions): Promise<void> {
  const board = options.board === undefined ? undefined : await loadBoard(options.board);
  const loadAddress = options.loadAddress ?? (board === undefined ? 0 : defaultLoadAddress(board));
  const { image } = loadFirmware(firmware, loadAddress);
  const report = sizeReport(image, board, options.symbols);
  if (options.json !== undefined) printJson(report, options.json);
  else process.stdout.write(`${render(report).join("\n")}\n`);
}

function sizeReport(image: Image, board: Board | undefined, mostSymbols: number): SizeReport {
  const sections = image.sections.filter((s) => s.flags.allocated && s.size > 0);
  const sum = (kind: Section["kind"]): number =>
    sections.filter((s) => s.kind === kind).reduce((total, s) => total + s.size, 0);
  const [code, constants, data, bss] = [
    sum("code"),
    sum("constants"),
    sum("initialised-data"),
    sum("zero-initialised"),
  ];
  return {
    flash: { code, constants, initialisedData: data, used: code + constants + data },
    ram: { data, bss, used: data + bss },
    ...(board === undefined ? {} : { regions: regionUse(board, image, sections) }),
    sections: sections.map(({ name, address, size: bytes, kind }) => ({ name, address, size: bytes, kind })),
    symbols: image.symbols
      .filter((s) => s.size > 0)
      .toSorted((a, b) => b.size - a.size || a.address - b.address)
      .slice(0, mostSymbols)
      .map(({ name, address, size: bytes, kind, section }) => ({
        name,
        address,
        size: bytes,
        kind,
        section,
      })),
  };
}

function regionUse(
  { regions }: Board,
  image: Image,
  sections: readonly Section[],
): SizeReport["regions"] & object {
  const used = new Map<string, number>();
  const add = (address: number, bytes: number): void => {
    const region = regions.find((r) => address >= r.start && address < r.start + r.size);
    const name = region === undefined ? "(nothing there)" : (region.aliasOf?.region ?? region.name);
    used.set(name, (used.get(name) ?? 0) + bytes);
  };
  for (const s of sections) {
    add(s.address, s.size);
    if (s.loadAddress !== s.address && s.kind !== "zero-initialised") add(s.loadAddress, s.size);
  }
  if (image.sections.length === 0) for (const s of image.segments) add(s.address, s.bytes.length);
  return [...used].map(([name, n]) => ({
    name,
    used: n,
    size: regions.find((r) => r.name === name)?.size ?? 0,
  }));
}

function render({ flash, ram, regions, sections, symbols }: SizeReport): readonly string[] {
  const right = "right" as const;
  return [
    `flash  ${grouped(flash.used)} bytes: code ${grouped(flash.code)}, constants ${grouped(flash.constants)}, initial data ${grouped(flash.initialisedData)}`,
    `RAM    ${grouped(ram.used)} bytes: data ${grouped(ram.data)}, bss ${grouped(ram.bss)}; stack and heap show when it runs`,
    ...(regions === undefined
      ? []
      : [
          "",
          ...renderTable(
            [
              { title: "region" },
              { title: "used", align: right },
              { title: "size", align: right },
              { title: "share", align: right },
            ],
            regions.map((r) => [r.name, grouped(r.used), grouped(r.size), percent(r.used, r.size)]),
          ),
        ]),
    "",
    ...renderTable(
      [{ title: "section" }, { title: "at" }, { title: "size", align: right }, { title: "kind" }],
      sections.map((s) => [s.name, hexAddress(s.address), grouped(s.size), s.kind]),
    ),
    "",
    ...renderTable(
      [{ title: "symbol" }, { title: "at" }, { title: "size", align: right }, { title: "section" }],
      symbols.map((s) => [s.name, hexAddress(s.address), grouped(s.size), s.section]),
    ),
  ];
}
