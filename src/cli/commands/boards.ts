import type { Board, Region } from "../../board/board.ts";
import { boardIds, loadBoard, shippedBoard } from "../../board/registry.ts";
import { kilobytes, renderTable } from "../../report/table.ts";
import { hexAddress } from "../../report/report.ts";
import { printJson } from "../json.ts";

/** `mcusim boards`: what ships. */
export function boards({ json }: { readonly json?: string }): void {
  const all = boardIds().map(shippedBoard);
  if (json !== undefined) {
    printJson(
      all.map((b) => ({
        id: b.id,
        name: b.name,
        mcu: b.mcu,
        core: b.core.type,
        fpu: b.core.fpu,
        maxHz: b.clocks.maxHz,
        flashBytes: total(b, "flash"),
        ramBytes: total(b, "ram"),
        aliases: b.aliases,
      })),
      json,
    );
    return;
  }
  const lines = renderTable(
    [
      { title: "id" },
      { title: "MCU" },
      { title: "core" },
      { title: "FPU" },
      { title: "MHz", align: "right" },
      { title: "flash", align: "right" },
      { title: "RAM", align: "right" },
    ],
    all.map((b) => [
      b.id,
      b.mcu,
      b.core.type,
      b.core.fpu,
      String(b.clocks.maxHz / 1e6),
      total(b, "flash") === 0 ? "-" : kilobytes(total(b, "flash")),
      kilobytes(total(b, "ram")),
    ]),
    "",
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** `mcusim board show`: one board, also of a user's file. */
export async function showBoard(id: string, { json }: { readonly json?: string }): Promise<void> {
  const board = await loadBoard(id);
  if (json !== undefined) printJson(board, json);
  else process.stdout.write(`${describe(board).join("\n")}\n`);
}

function total({ regions }: Board, kind: Region["kind"]): number {
  return regions
    .filter((r) => r.kind === kind && r.aliasOf === undefined && r.fitted !== false)
    .reduce((sum, r) => sum + r.size, 0);
}

function describe(board: Board): readonly string[] {
  const { core, clocks, flash } = board;
  const cache = (name: string, c: Board["core"]["icache"]): string[] =>
    c === undefined ? [] : [`${name} ${kilobytes(c.bytes)}, ${c.ways} ways of ${c.lineBytes}-byte lines`];
  return [
    `${board.id}: ${board.name} (${board.mcu})`,
    `  core         ${core.type}, FPU ${core.fpu}, ${core.mpuRegions} MPU regions, ${core.irqs} interrupts of ${2 ** core.priorityBits} priorities`,
    ...[...cache("I-cache", core.icache), ...cache("D-cache", core.dcache)].map((c) => `               ${c}`),
    `  clock        ${clocks.reset.hz / 1e6} MHz after reset, at most ${clocks.maxHz / 1e6} MHz`,
    ...(flash === undefined
      ? []
      : [
          `  flash        ${clocks.max.waitStates} wait states at the top clock, accelerator ${flash.accelerator.kind}`,
        ]),
    ...(board.console === undefined ? [] : [`  console      ${board.console}`]),
    `  also named   ${board.aliases.join(", ")}`,
    "",
    ...renderTable(
      [
        { title: "region" },
        { title: "from" },
        { title: "size", align: "right" },
        { title: "kind" },
        { title: "bus" },
        { title: "waits" },
        { title: "" },
      ],
      board.regions.map((r) => [
        r.name,
        hexAddress(r.start),
        kilobytes(r.size),
        r.kind,
        r.bus,
        String(r.waitStates),
        r.aliasOf === undefined ? (r.fitted === false ? "not fitted" : "") : `alias of ${r.aliasOf.region}`,
      ]),
    ),
    "",
    ...renderTable(
      [{ title: "peripheral" }, { title: "from" }, { title: "type" }],
      board.peripherals.map((p) => [p.name, hexAddress(p.base), p.type]),
    ),
    "",
    "Sources",
    ...board.sources.map((s) => `  ${s}`),
  ];
}
