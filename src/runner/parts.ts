import type { Board } from "../board/board.ts";
import { leastWaitStates } from "../board/wait-states.ts";
import type { Fault } from "../core/fault.ts";
import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import { PAGE_BITS, PAGE_SIZE } from "../memory/memory-map.ts";
import type { Region } from "../memory/region.ts";
import { ClockTree } from "../peripherals/clock-tree.ts";
import { CortexM } from "../peripherals/cortex-m/cortex-m.ts";
import { isFlashController, type FlashController } from "../peripherals/flash-control.ts";
import type { FlashMemory, Oscillators, PartContext } from "../peripherals/part.ts";
import type { AccessSize, Peripheral } from "../peripherals/peripheral.ts";
import { createPeripherals, isSerialPort } from "../peripherals/registry.ts";
import type { SerialPort } from "../peripherals/serial.ts";
import { cortexMConfig } from "./cortex-m-config.ts";
import type { Machine } from "./machine.ts";

const PPB_PREFIX = 0xe00;
const UNALIGN_TRP = 1 << 3;
/** Smallest region of an MPU, bytes. */
const MPU_GRANULE = 32;
/** Faults that are kept for the report. */
const KEPT_FAULTS = 16;

/** A fault that was raised, for the report. */
export interface FaultNote {
  readonly fault: Fault;
  readonly pc: number;
  readonly cycle: number;
}

/** The devices of a board and the rules of its memory, as the machine asks for them. */
export class Parts {
  readonly cortexM: CortexM;
  readonly clocks: ClockTree;
  readonly peripherals: readonly Peripheral[];
  readonly flashController: FlashController | undefined;
  /** How often registers that are known but not modelled were accessed, and other notices. */
  readonly notices = new Map<string, number>();
  readonly faults: FaultNote[] = [];
  readonly #machine: Machine;
  /** Answers of `openPage` while the MPU stays as it is, by page and kind of access. */
  readonly #openPages = new Map<number, Openness>();
  readonly #openGranules = new Map<number, Openness>();
  /** Fast paths may be open that are the privileged's alone. */
  #opensForPrivileged = false;

  /** @param console receives what the board's virtual COM port and ITM port 0 send */
  constructor(machine: Machine, console: (byte: number) => void) {
    this.#machine = machine;
    const { board } = machine;
    this.clocks = new ClockTree(initialDomains(board));
    const context = this.#context();
    this.cortexM = this.#makeCortexM(context, console);
    machine.bus.attach(this.cortexM);
    this.peripherals = createPeripherals(board.peripherals, context);
    for (const peripheral of this.peripherals) machine.bus.attach(peripheral);
    this.flashController = this.peripherals.find(isFlashController);
    const port = this.serialPort(board.console);
    port?.connect({ onTransmit: console });
    machine.timing.clocksChanged(this.clocks);
    this.clocks.onChange(() => {
      const now = machine.now();
      machine.time.setClock(this.clocks.coreHz, now);
      if (machine.clockSource !== "option") machine.clockSource = "firmware";
      machine.timing.clocksChanged(this.clocks);
      this.#checkWaitStates();
    });
    this.flashController?.onChange(() => this.#checkWaitStates());
  }

  /** Tells of flash that the firmware reads faster than it can be read on silicon. */
  #checkWaitStates(): void {
    const { board, clockSource } = this.#machine;
    const control = this.flashController;
    if (board.flash === undefined || control === undefined || clockSource === "option") return;
    // The bus matrix of H7 divides the core's clock; elsewhere the two are one.
    const hz = this.clocks.hz(this.clocks.has("ahb3") ? "ahb3" : "core");
    const least = leastWaitStates(board.flash, hz);
    if (least === undefined || control.waitStates >= least.waitStates) return;
    const set = `${control.waitStates} wait states at ${hz / 1e6} MHz`;
    this.notice(`FLASH: ${set} are too few for silicon, which needs ${least.waitStates} (${least.label})`);
  }

  #context(): PartContext {
    const machine = this.#machine;
    const { board, scheduler, exceptions, bus } = machine;
    const flash = flashMemory(machine);
    return {
      scheduler,
      clocks: this.clocks,
      setIrq: (irq, level) => exceptions.setIrq(irq, level),
      unmodelled: (peripheral, register, access) =>
        this.notice(`${peripheral}.${register} (${access}) is not modelled`),
      notice: (peripheral, text) => this.notice(`${peripheral}: ${text}`),
      bus: {
        read: (address, size) => (this.#dmaReaches(address) ? bus.peek(address, size) : undefined),
        write: (address, size, value) => this.#dmaReaches(address) && bus.poke(address, size, value),
      },
      dma: machine.timing.dma,
      requestReset: () => machine.requestReset(),
      mcu: board.mcu,
      oscillators: oscillators(board),
      ...(flash === undefined ? {} : { flash }),
    };
  }

  #makeCortexM(context: PartContext, console: (byte: number) => void): CortexM {
    const machine = this.#machine;
    return new CortexM(machine.exceptions, cortexMConfig(machine.board), context, {
      resetRequested: () => machine.requestReset(),
      cacheMaintenance: (operation, value) => machine.timing.cacheMaintenance(operation, value),
      cachesEnabled: (instruction, data) => {
        machine.timing.cachesEnabled(instruction, data);
        machine.bus.flush();
      },
      mpuChanged: (areas) => {
        this.#openPages.clear();
        this.#openGranules.clear();
        machine.timing.attributesChanged();
        machine.bus.flush();
        if (!machine.blocks.standsUnder((address) => this.executable(address), areas))
          machine.state.requestExit(EXIT.retranslate);
      },
      consoleByte: console,
      profileCounts: () => machine.profileCounts(),
    });
  }

  /** A bus error where no way leads from the DMA controllers to a memory. */
  #dmaReaches(address: number): boolean {
    return this.#machine.map.find(address)?.config.dma !== false;
  }

  /** The UART of that name. */
  serialPort(name: string | undefined): (Peripheral & SerialPort) | undefined {
    return this.peripherals.filter(isSerialPort).find((p) => p.name === name);
  }

  reset(): void {
    this.cortexM.reset();
    for (const peripheral of this.peripherals) peripheral.reset();
  }

  notice(text: string): void {
    this.notices.set(text, (this.notices.get(text) ?? 0) + 1);
  }
  noteFault(fault: Fault, pc: number): void {
    if (this.faults.length < KEPT_FAULTS) this.faults.push({ fault, pc, cycle: this.#machine.now() });
  }

  executable(address: number): boolean {
    return this.cortexM.mpu.check(address, 2, "execute", this.#machine.state.privileged) === undefined;
  }
  trapsUnaligned(): boolean {
    return (this.#machine.state.words[W.CCR]! & UNALIGN_TRP) !== 0;
  }
  allowed(address: number, size: number, write: boolean, privileged: boolean): boolean {
    if (address >>> 20 === PPB_PREFIX) {
      return privileged || this.cortexM.reachableUnprivileged(address & 0xf_ffff, write);
    }
    const { mpu } = this.cortexM;
    return !mpu.isEnabled || mpu.check(address, size, write ? "write" : "read", privileged) === undefined;
  }
  /**
   * Whether the whole page may be accessed, aligned or not, by the code that runs now: then its accesses need no check
   * until that code is unprivileged and was not when this was asked.
   * Regions that the MPU leaves out at negative priority are no answer for later, so that nothing is opened then.
   */
  openPage(address: number, write: boolean): boolean {
    const { mpu } = this.cortexM;
    if (!mpu.isEnabled) return !this.isDevice(address);
    return this.#opens(this.#openPages, address >>> PAGE_BITS, PAGE_SIZE, write);
  }
  /** The same of the granule of the MPU that holds `address`. */
  openGranule(address: number, write: boolean): boolean {
    const granule = Math.floor((address >>> 0) / MPU_GRANULE);
    return this.cortexM.mpu.isEnabled && this.#opens(this.#openGranules, granule, MPU_GRANULE, write);
  }
  /** Unprivileged code runs from now on. */
  closePrivilegedPages(): void {
    if (this.#opensForPrivileged) this.#machine.bus.flush();
  }
  #opens(known: Map<number, Openness>, unit: number, size: number, write: boolean): boolean {
    const { mpu } = this.cortexM;
    const key = unit * 2 + (write ? 1 : 0);
    let openness = known.get(key);
    if (openness === undefined) {
      if (mpu.isBypassedByFaultHandlers && this.#machine.exceptions.executionPriority() < 0) return false;
      openness = opennessOf(mpu, (unit * size) >>> 0, size, write ? "write" : "read");
      known.set(key, openness);
    }
    if (openness !== "privileged") return openness === "all";
    if (!this.#machine.state.privileged) return false;
    this.#opensForPrivileged = true;
    return true;
  }
  isDevice(address: number): boolean {
    return this.cortexM.mpu.attributes(address).type !== "normal";
  }

  stackRead(address: number, privileged: boolean): number | Fault {
    const a = address >>> 0;
    if (!this.allowed(a, 4, false, privileged)) return { kind: "DACCVIOL", address: a };
    return this.#machine.bus.peek(a, 4) ?? { kind: "PRECISERR", address: a };
  }
  stackWrite(address: number, value: number, privileged: boolean): Fault | undefined {
    const a = address >>> 0;
    if (!this.allowed(a, 4, true, privileged)) return { kind: "DACCVIOL", address: a };
    return this.#machine.bus.poke(a, 4, value) ? undefined : { kind: "PRECISERR", address: a };
  }

  /** A store to flash: its controller decides; without one, it is a bus error. */
  flashWrite(region: Region, address: number, size: AccessSize, value: number): boolean {
    const alias = region.config.aliasOf;
    let array = address;
    if (alias !== undefined) {
      const owner = this.#machine.map.regions.find((r) => r.name === alias.region)!;
      array = owner.start + alias.offset + (address - region.start);
    }
    return this.flashController?.programWrite(array, size, value) ?? false;
  }
}

/** For whom accesses need no check. What is allowed unprivileged is privileged, too. */
type Openness = "none" | "privileged" | "all";

/** For whom the MPU allows the access at each of `size` bytes from `start`, aligned or not. */
function opennessOf(mpu: CortexM["mpu"], start: number, size: number, access: "read" | "write"): Openness {
  let openness: Openness = "all";
  for (let offset = 0; offset < size; offset += MPU_GRANULE) {
    const address = (start + offset) >>> 0;
    if (mpu.attributes(address).type !== "normal") return "none";
    if (mpu.check(address, MPU_GRANULE, access, true) !== undefined) return "none";
    if (mpu.check(address, MPU_GRANULE, access, false) !== undefined) openness = "privileged";
  }
  return openness;
}

function oscillators({ clocks: { hse, lse, lsi, internal } }: Board): Oscillators {
  return {
    ...(hse === undefined ? {} : { hse: hse.hz, hseBypass: hse.bypass }),
    ...(lse === undefined ? {} : { lse: lse.hz }),
    ...(lsi === undefined ? {} : { lsi: lsi.hz }),
    internal,
  };
}

/** Clocks until a clock controller publishes its own: every bus runs at the core's. */
function initialDomains({ clocks, peripherals }: Board): Readonly<Record<string, number>> {
  const names = new Set(["core", ...peripherals.map((p) => p.clock ?? "core")]);
  return Object.fromEntries([...names].map((name) => [name, clocks.reset.hz]));
}

/** The array behind the flash controller: all flash regions, which lie one after the other. */
function flashMemory({ board, map, bus, state }: Machine): FlashMemory | undefined {
  const regions = map.regions.filter((r) => board.flash?.regions.includes(r.name) === true);
  const [first] = regions;
  if (first === undefined || board.flash === undefined) return undefined;
  const base = first.start;
  return {
    base,
    size: regions.reduce((sum, r) => sum + r.size, 0),
    sectors: board.flash.sectors,
    read: (offset, size) => bus.peek(base + offset, size)! >>> 0,
    program: (offset, size, value) => {
      const host = map.hostAddress(base + offset, size)!;
      for (let i = 0; i < size; i++) state.bytes[host + i] = (value >>> (8 * i)) & 0xff;
      bus.bytesChanged(host, size);
    },
    erase: (offset, length) => {
      for (let at = 0; at < length; at += 4) {
        const host = map.hostAddress(base + offset + at, 4);
        if (host === undefined) continue;
        state.bytes.fill(0xff, host, host + 4);
        bus.bytesChanged(host, 4);
      }
    },
  };
}
