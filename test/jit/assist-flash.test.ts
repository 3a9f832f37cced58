import { expect, it } from "vitest";
import { FlashArray, waitStateRead, type FlashSettings } from "../../src/memory/flash-array.ts";
import { FlashDataPort, flashDataWords } from "../../src/memory/flash-data-port.ts";
import { FlashFetchPort, flashFetchWords, type PortGeometry } from "../../src/memory/flash-port.ts";
import { M4Data } from "../../src/memory/m4-memory.ts";
import { FetchEpoch, FLASH_DATA, FLASH_DATA_ROOM } from "../../src/memory/model-area.ts";
import { PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import { Random } from "../exec/random.ts";
import { AssistedAccesses, FLASH, RAM, Side, SIZE, SLOW_RAM } from "./assisted-side.ts";

interface Part {
  readonly geometry: PortGeometry;
  readonly waitStates: number;
  readonly hidden?: number;
  readonly dataCache?: boolean;
  /** Clocks of the core to one of flash, where that counts. */
  readonly step?: number;
}

/** The data side of a Cortex-M4 part. */
function cortexM4({ geometry, waitStates, hidden = 0, dataCache = true, step }: Part) {
  const settings: FlashSettings = {
    waitStates,
    prefetch: false,
    instructionCache: true,
    dataCache,
    art: false,
    busyUntil: -1,
  };
  let parts:
    { readonly array: FlashArray; readonly port: FlashDataPort; readonly holds: SlaveHolds } | undefined;
  const side = new Side((map, memory, now) => {
    const words = flashDataWords(memory);
    const array =
      step === undefined
        ? new FlashArray(settings, waitStateRead, { freeAt: words.freeAt })
        : new FlashArray(settings, () => step, { freeAt: words.freeAt, step: () => step });
    const port = new FlashDataPort(array, geometry, hidden, words);
    port.configure(dataCache);
    const holds = new SlaveHolds(map);
    parts = { array, port, holds };
    const fetch = new FlashFetchPort({
      array,
      epoch: new FetchEpoch(memory),
      geometry,
      fetchAhead: 3,
      words: flashFetchWords(memory),
    });
    return new M4Data({
      map,
      memory,
      flash: { fetch, data: port },
      ports: new PeripheralPorts([], { core: 1, bus: 2 }),
      holds,
      now,
    });
  });
  return { side, ...parts! };
}

const stateOf = ({ side }: ReturnType<typeof cortexM4>): Uint8Array =>
  side.bytes(FLASH_DATA.mode, FLASH_DATA.oldest + 2 * FLASH_DATA_ROOM.sets);

const F4 = { readShift: 4, sectorShift: 0, sets: 1, ways: 8 };
const L4 = { readShift: 3, sectorShift: 2, sets: 1, ways: 8 };
const SETS = { readShift: 4, sectorShift: 0, sets: 4, ways: 2 };
const NONE = { readShift: 4, sectorShift: 0, sets: 1, ways: 0 };

it.each<[string, Part]>([
  ["STM32F4", { geometry: F4, waitStates: 5 }],
  ["STM32F4 without its data cache", { geometry: F4, waitStates: 5, dataCache: false }],
  ["STM32F4 without wait states", { geometry: F4, waitStates: 0 }],
  ["STM32L4", { geometry: L4, waitStates: 4, hidden: 1 }],
  ["a part with sets, and flash on a clock of its own", { geometry: SETS, waitStates: 0, step: 4 }],
  ["a part without buffers", { geometry: NONE, waitStates: 2 }],
])("flash is read in wasm as the model reads it, word by word of its state: %s", (_name, part) => {
  const [model, assisted] = [cortexM4(part), cortexM4(part)];
  const through = new AssistedAccesses(assisted.side);
  const random = new Random(11);
  const accesses = 10_000;
  let at = FLASH;
  for (let n = 0; n < accesses; n++) {
    const size = ([1, 2, 4] as const)[random.below(3)]!;
    const isStore = random.below(8) === 0;
    // Mostly a few words on, as through weights; sometimes elsewhere, and among what is there.
    at = random.below(30) === 0 ? FLASH + random.below(SIZE / 4) * 4 : at + 4 * random.below(3);
    if (at >= FLASH + SIZE - 8) at = FLASH;
    const address = isStore
      ? RAM + random.below(SIZE - 4)
      : at + (random.below(10) === 0 ? 1 + random.below(3) : 0);
    const value = isStore ? n : undefined;
    const got = through.access(address, size, value);
    if (value === undefined) expect(got).toBe(model.side.bus.load(address, size, false, false));
    else model.side.bus.store(address, size, value, false, false);
    expect(assisted.side.cycles).toBe(model.side.cycles);
    const pause = random.below(10);
    const others = random.below(20) === 0; // the instruction side reads too
    const settings = random.below(300) === 0;
    for (const { side, array, port } of [model, assisted]) {
      side.cycles += pause;
      if (others) array.read(side.cycles);
      if (!settings) continue;
      array.settings = { ...array.settings, busyUntil: side.cycles + 100 };
      port.configure(part.dataCache ?? true);
    }
  }
  expect(stateOf(assisted)).toEqual(stateOf(model));
  expect(through.byHost).toBeLessThan(accesses / 4);
});

it("RAM with wait states is accessed in wasm as the model accesses it, beside other masters", () => {
  const part = { geometry: F4, waitStates: 5 };
  const [model, assisted] = [cortexM4(part), cortexM4(part)];
  const through = new AssistedAccesses(assisted.side);
  const random = new Random(17);
  const accesses = 10_000;
  for (let n = 0; n < accesses; n++) {
    const size = ([1, 2, 4] as const)[random.below(3)]!;
    const memory = random.below(4) === 0 ? FLASH : SLOW_RAM;
    const address = memory + 4 * random.below(SIZE / 4);
    const value = memory === SLOW_RAM && random.below(2) === 0 ? n : undefined;
    const got = through.access(address, size, value);
    if (value === undefined) expect(got).toBe(model.side.bus.load(address, size, false, false));
    else model.side.bus.store(address, size, value, false, false);
    expect(assisted.side.cycles).toBe(model.side.cycles);
    // None between words of one instruction.
    const pause = random.below(4);
    const isHeld = random.below(200) === 0;
    for (const { side, holds } of [model, assisted]) {
      side.cycles += pause;
      if (!isHeld) continue;
      const slow = side.bus.map.find(SLOW_RAM)!;
      holds.hold(slow, side.cycles, 15);
      side.bus.closeRegion(slow);
    }
  }
  expect(stateOf(assisted)).toEqual(stateOf(model));
  expect(through.byHost).toBeLessThan(accesses / 10);
});

it("RAM of a page that the MPU divides is open by its granules", () => {
  const { side } = cortexM4({ geometry: F4, waitStates: 5 });
  side.opensPage = () => false;
  side.opensGranule = (address) => address >= RAM + 32;
  const through = new AssistedAccesses(side);
  for (const address of [RAM, RAM + 32]) {
    side.bus.store(address, 4, 5, false, false);
    side.bus.load(address, 4, false, false);
  }
  for (const value of [1, 2, 3]) through.access(RAM + 36, 4, value);
  expect(through.access(RAM + 36, 4, undefined)).toBe(3);
  expect(through.byHost).toBe(0);
  expect(through.access(RAM + 28, 4, undefined)).toBe(0);
  expect(through.access(RAM + 28, 4, undefined)).toBe(0);
  expect(through.byHost).toBe(2);
});
