import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { FLASH, tinyFirmware, T } from "../cli/tiny-firmware.ts";

const ENGINES = ["reference", "handlers", "wasm"] as const;
const SRAM1 = 0x2000_0000;

/** DMA2 of a part: its bit in RCC's AHB1ENR, and its address. */
interface Controller {
  readonly AHB1ENR: number;
  readonly DMA2EN: number;
  readonly base: number;
}
const F4_F7: Controller = { AHB1ENR: 0x4002_3830, DMA2EN: 1 << 22, base: 0x4002_6400 };
const H7: Controller = { AHB1ENR: 0x5802_44d8, DMA2EN: 1 << 1, base: 0x4002_0400 };
const [LISR, S0CR, S0NDTR, S0PAR, S0M0AR] = [0x00, 0x10, 0x14, 0x18, 0x1c];
/** Memory to memory, words, both addresses rise, enabled. */
const COPY = (2 << 6) | (2 << 11) | (2 << 13) | (1 << 9) | (1 << 10) | 1;
const ITEMS = 400;
const ROUNDS = 500;

/** ROUNDS times a load from [R1] and a store to [R1, #4], in 5 cycles, so that all phases of the copy are met. */
const LOOP = [0x3a01, T.ldr(0, 1), 0x6048, 0xd1fb, T.bkpt(0)];

/** The same with LDM.W R1, {R3-R6} and STM.W R1, {R3-R6}. */
const MULTIPLES = [0xe891, 0x0078, 0xe881, 0x0078, 0x3a01, 0xd1f9, T.bkpt(0)];

interface Setup {
  readonly program?: readonly number[];
  readonly board?: string;
  /** What the core's loop reads and writes. */
  readonly data: number;
  /** Where the loop runs; flash unless given. */
  readonly code?: number;
  readonly engine?: EngineName;
  /** What DMA copies, and to where; 0x2000_0000 and 16 KB behind it unless given. */
  readonly from?: number;
  readonly to?: number;
  readonly dma?: Controller;
}

/** The loop beside a copy by DMA2, about to begin. */
function prepare(setup: Setup, copies: boolean): Machine {
  const { board = "nucleo-f446re", data, code, engine = "handlers", program = LOOP } = setup;
  const { from = SRAM1, to = from + 0x4000, dma = F4_F7 } = setup;
  const image = readImage(tinyFirmware(program), "loop.bin", { loadAddress: FLASH });
  const { machine } = new Simulation({
    board: shippedBoard(board),
    image,
    firmware: "loop.bin",
    engine,
    hot: 4,
    console: () => undefined,
  });
  const { bus, state } = machine;
  if (code !== undefined) {
    program.forEach((halfword, i) => bus.poke(code + 2 * i, 2, halfword));
    state.words[15] = code;
  }
  state.words[1] = data;
  state.words[2] = ROUNDS;
  bus.poke(dma.AHB1ENR, 4, bus.peek(dma.AHB1ENR, 4)! | dma.DMA2EN);
  if (copies) {
    bus.poke(dma.base + S0NDTR, 4, ITEMS);
    bus.poke(dma.base + S0PAR, 4, from);
    bus.poke(dma.base + S0M0AR, 4, to);
    bus.poke(dma.base + S0CR, 4, COPY);
  }
  return machine;
}
function toEnd(machine: Machine): Machine {
  machine.run();
  expect(machine.stop?.reason).toBe("breakpoint");
  return machine;
}
const run = (setup: Setup, copies: boolean): Machine => toEnd(prepare(setup, copies));

const result = (machine: Machine) => ({
  cycles: machine.now(),
  instructions: machine.executor.instructions,
  counters: machine.timing.counters(),
});

describe("the core beside a copy by DMA (STM32F446)", () => {
  it("waits in each cycle in which the DMA controller has the memory it wants", () => {
    const alone = result(run({ data: SRAM1 + 0x800 }, false));
    const beside = result(run({ data: SRAM1 + 0x800 }, true));
    const { dmaTransfers, dmaBytes, dmaWaits = 0 } = beside.counters;
    expect(alone.counters).not.toHaveProperty("dmaTransfers");
    expect({ dmaTransfers, dmaBytes }).toEqual({ dmaTransfers: ITEMS, dmaBytes: 4 * ITEMS });
    // Two of four cycles are taken, so that on the average of the phases a pair of accesses waits about once.
    expect(dmaWaits).toBeGreaterThan(ITEMS / 4);
    expect(dmaWaits).toBeLessThan(2 * ITEMS);
    expect(beside.cycles - alone.cycles).toBe(dmaWaits);
  });
  it("does not wait when its data lie in another memory", () => {
    const { counters } = result(run({ data: 0x2001_c000 }, true));
    expect(counters).toMatchObject({ dmaTransfers: ITEMS, dmaWaits: 0 });
  });
  it("waits no longer when the copy is done", () => {
    const machine = run({ data: SRAM1 + 0x800 }, true);
    const waited = machine.timing.counters().dmaWaits;
    machine.stop = undefined;
    machine.state.words[2] = ROUNDS;
    machine.state.words[15] = FLASH + 4 * 16;
    machine.run();
    expect(machine.timing.counters().dmaWaits).toBe(waited);
  });

  it.each([
    ["stm32f4discovery", "the CCM", F4_F7, SRAM1, 0x1000_0000],
    ["nucleo-f746zg", "the ITCM", F4_F7, SRAM1, 0],
    ["nucleo-h743zi2", "the DTCM", H7, 0x3000_0000, 0x2000_0000],
  ])("%s: a copy to %s is a bus error, as no way leads there", (board, _what, dma, from, to) => {
    const machine = run({ board, data: 0x2000_0800, dma, from, to }, true);
    const TEIF0 = 1 << 3;
    expect(machine.bus.peek(dma.base + LISR, 4)! & TEIF0).toBe(TEIF0);
    expect(machine.timing.counters()).not.toHaveProperty("dmaTransfers");
  });

  describe.each(ENGINES)("on the engine %s", (engine) => {
    it.each([
      ["flash", undefined],
      ["the memory that is copied", SRAM1 + 0xc00],
    ])("goes on from a snapshot in the middle of the copy: code in %s", (_where, code) => {
      const setup = { data: SRAM1 + 0x800, engine, ...(code === undefined ? {} : { code }) };
      const machine = prepare(setup, true);
      for (const cycle of [501, 777, 778, 779, 780, 781, 782, 783]) {
        machine.run(cycle);
        const middle = machine.snapshot();
        const first = result(toEnd(machine));
        machine.restore(middle);
        expect(result(toEnd(machine))).toEqual(first);
        machine.restore(middle);
      }
    });
  });

  it.each([
    ["data and DMA in the same memory", { data: SRAM1 + 0x800 }],
    ["multiples", { data: SRAM1 + 0x800, program: MULTIPLES }],
    ["multiples, code in that memory too", { data: SRAM1 + 0x800, program: MULTIPLES, code: SRAM1 + 0xc00 }],
    ["code, data and DMA in the same memory", { data: SRAM1 + 0x800, code: SRAM1 + 0xc00 }],
    ["code in the memory that DMA copies, data elsewhere", { data: 0x2001_c000, code: SRAM1 + 0xc00 }],
    ["an M7, data on its AHB", { board: "nucleo-f746zg", data: 0x2001_0800, from: 0x2001_0000 }],
  ])("every engine counts the same: %s", (_what, setup) => {
    const [reference, ...others] = ENGINES.map((engine) => result(run({ ...setup, engine }, true)));
    expect(reference!.counters.dmaWaits).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(reference);
  });
});

/** USART2 sends a buffer in SRAM1 by DMA1's stream 6, a byte each 160 cycles, while the core runs the loop. */
function sends(setup: Setup): Machine {
  const machine = prepare(setup, false);
  const { bus } = machine;
  const set = (address: number, value: number): void => void bus.poke(address, 4, value);
  const RCC = 0x4002_3800;
  const USART2 = 0x4000_4400;
  const STREAM6 = 0x4002_6000 + 0x10 + 6 * 0x18;
  set(RCC + 0x30, bus.peek(RCC + 0x30, 4)! | (1 << 21)); // DMA1EN
  set(RCC + 0x40, 1 << 17); // USART2EN
  set(USART2 + 0x08, 16); // BRR
  set(USART2 + 0x0c, (1 << 13) | (1 << 3)); // UE, TE
  set(STREAM6 + 0x04, 200);
  set(STREAM6 + 0x08, USART2 + 0x04);
  set(STREAM6 + 0x0c, SRAM1);
  set(STREAM6, (4 << 25) | (1 << 10) | (1 << 6) | 1);
  set(USART2 + 0x14, 1 << 7); // DMAT
  return toEnd(machine);
}

describe("the core beside a UART that sends by DMA (STM32F446)", () => {
  it.each([
    ["flash", undefined],
    ["the memory of the buffer", SRAM1 + 0xc00],
  ])("waits at most a cycle for each byte, on every engine the same: code in %s", (_where, code) => {
    const setup = { data: SRAM1 + 0x800, ...(code === undefined ? {} : { code }) };
    const [reference, ...others] = ENGINES.map((engine) => result(sends({ ...setup, engine })));
    const { dmaTransfers = 0, dmaBytes, dmaWaits = 0 } = reference!.counters;
    expect(dmaTransfers).toBeGreaterThan(10);
    expect(dmaBytes).toBe(dmaTransfers);
    expect(dmaWaits).toBeGreaterThan(0);
    expect(dmaWaits).toBeLessThanOrEqual(dmaTransfers);
    for (const other of others) expect(other).toEqual(reference);
  });
  it("never waits with its data elsewhere", () => {
    expect(sends({ data: 0x2001_c000 }).timing.counters().dmaWaits).toBe(0);
  });
});
