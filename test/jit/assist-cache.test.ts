import { expect, it } from "vitest";
import { Cache } from "../../src/memory/cache.ts";
import { FlashArray, waitStateRead } from "../../src/memory/flash-array.ts";
import { M7Data } from "../../src/memory/m7-data.ts";
import { M7Paths, type MemoryPolicy } from "../../src/memory/m7-memory.ts";
import { m7DataWords } from "../../src/memory/m7-words.ts";
import { FetchEpoch, M7_DATA } from "../../src/memory/model-area.ts";
import { PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import { Random } from "../exec/random.ts";
import { AssistedAccesses, FLASH, RAM, SETTINGS, Side, SIZE } from "./assisted-side.ts";

const CACHED: MemoryPolicy = { cache: "write-back", writeAllocate: true, shareable: false };
const THROUGH: MemoryPolicy = { cache: "write-through", writeAllocate: false, shareable: false };
const UNCACHED: MemoryPolicy = { cache: "non-cacheable", writeAllocate: false, shareable: true };
const policy = (address: number): MemoryPolicy => {
  if (address >= RAM + 0x3000) return THROUGH;
  return address >= RAM + 0x2000 ? UNCACHED : CACHED;
};

/** The data side of a Cortex-M7, and what holds its memory. */
function cortexM7() {
  let held: SlaveHolds | undefined;
  const side = new Side((map, memory, now) => {
    const words = m7DataWords(memory);
    const array = new FlashArray(SETTINGS, waitStateRead, { freeAt: words.arrayFree });
    held = new SlaveHolds(map);
    return new M7Data({
      map,
      memory,
      paths: new M7Paths({ ratio: () => 1, array, flashBits: 128 }, false),
      policy,
      art: undefined,
      holds: held,
      epoch: new FetchEpoch(memory),
      cache: new Cache(1024, 4, words.cache),
      ports: new PeripheralPorts([], { core: 1, bus: 2 }),
      now,
      endBlock: () => undefined,
    });
  });
  side.data.enable(true);
  return { side, holds: held! };
}

/** Everything that the model keeps, but for the paths, which only compiled code asks for. */
const stateOf = ({ side }: ReturnType<typeof cortexM7>): Uint8Array =>
  side.bytes(M7_DATA.lines, M7_DATA.nextStore + 4);

it("lines are filled in wasm as the model fills them, word by word of its state", () => {
  const [model, assisted] = [cortexM7(), cortexM7()];
  const through = new AssistedAccesses(assisted.side);
  const random = new Random(7);
  const accesses = 20_000;
  for (let n = 0; n < accesses; n++) {
    const size = ([1, 2, 4] as const)[random.below(3)]!;
    const isStore = random.below(3) === 0;
    const base = isStore || random.below(2) === 0 ? RAM : FLASH;
    const address =
      base + random.below(SIZE / 4 - 2) * 4 + (random.below(10) === 0 ? 1 + random.below(3) : 0);
    const value = isStore ? n : undefined;
    const got = through.access(address, size, value);
    if (value === undefined) expect(got).toBe(model.side.bus.load(address, size, false, false));
    else model.side.bus.store(address, size, value, false, false);
    expect(assisted.side.cycles).toBe(model.side.cycles);
    const pause = random.below(40);
    for (const { side } of [model, assisted]) side.cycles += pause;
    if (random.below(500) === 0) {
      for (const { side, holds } of [model, assisted]) {
        holds.hold(side.bus.map.find(RAM)!, side.cycles, 30);
        side.data.forgetPaths();
      }
    }
    if (random.below(3000) === 0) {
      const on = random.below(2) === 0;
      for (const { side } of [model, assisted]) side.data.enable(on);
    }
  }
  expect(stateOf(assisted)).toEqual(stateOf(model));
  expect(assisted.side.data.misses).toBeGreaterThan(1000);
  expect(through.byHost).toBeLessThan(accesses / 5);
});
