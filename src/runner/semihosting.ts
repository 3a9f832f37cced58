import type { Machine } from "./machine.ts";
import { SemihostingFiles } from "./semihosting-files.ts";

export interface SemihostingOptions {
  /** What SYS_GET_CMDLINE answers: the program's name and its arguments. */
  readonly commandLine: string;
  /** The only directory whose files the firmware may touch; without one, files cannot be opened. */
  readonly directory?: string;
  /** Receives what the firmware writes to its console. */
  readonly console: (byte: number) => void;
}

/** @source Arm semihosting specification, "Semihosting operations" */
const SYS = {
  OPEN: 0x01,
  CLOSE: 0x02,
  WRITEC: 0x03,
  WRITE0: 0x04,
  WRITE: 0x05,
  READ: 0x06,
  READC: 0x07,
  ISERROR: 0x08,
  ISTTY: 0x09,
  SEEK: 0x0a,
  FLEN: 0x0c,
  TMPNAM: 0x0d,
  REMOVE: 0x0e,
  RENAME: 0x0f,
  CLOCK: 0x10,
  TIME: 0x11,
  SYSTEM: 0x12,
  ERRNO: 0x13,
  GET_CMDLINE: 0x15,
  HEAPINFO: 0x16,
  EXIT: 0x18,
  EXIT_EXTENDED: 0x20,
  ELAPSED: 0x30,
  TICKFREQ: 0x31,
} as const;

/** ADP_Stopped_ApplicationExit. */
const APPLICATION_EXIT = 0x2_0026;
/** Exit codes above it mean other things to shells. */
const LARGEST_EXIT_CODE = 125;
const ENOSYS = 38;
const EINVAL = 22;
/** Longest string that a guest may pass. */
const MAX_STRING = 0x1_0000;
const CENTISECONDS = 100;

/**
 * BKPT 0xAB: the requests of a program to its debugger. No cycles are charged. Time is simulated time since reset, so
 * that a run is the same every time. SYS_READC and reads of the console find the end of the input.
 */
export class Semihosting {
  readonly #machine: Machine;
  readonly #options: SemihostingOptions;
  readonly #files: SemihostingFiles;
  #errno = 0;

  constructor(machine: Machine, options: SemihostingOptions) {
    this.#machine = machine;
    this.#options = options;
    this.#files = new SemihostingFiles(options.directory, options.console);
    machine.semihosting = () => this.#call();
  }

  save(): { errno: number; files: ReturnType<SemihostingFiles["save"]> } {
    return { errno: this.#errno, files: this.#files.save() };
  }
  restore(saved: ReturnType<Semihosting["save"]>): void {
    this.#errno = saved.errno;
    this.#files.restore(saved.files);
  }

  /** Closes the files that the firmware left open. */
  close(): void {
    this.#files.closeAll();
  }

  #call(): boolean {
    const { words } = this.#machine.state;
    const operation = words[0]! >>> 0;
    const result = this.#perform(operation, words[1]! >>> 0);
    if (result !== undefined) words[0] = result;
    return true;
  }

  /** @returns the new R0; undefined where it stays */
  #perform(operation: number, parameter: number): number | undefined {
    switch (operation) {
      case SYS.WRITEC:
        this.#options.console(this.#byte(parameter) ?? 0);
        return undefined;
      case SYS.WRITE0:
        for (const byte of this.#text(parameter)) this.#options.console(byte);
        return undefined;
      case SYS.READC:
        return -1;
      case SYS.ISERROR:
        return (this.#word(parameter) | 0) < 0 ? 1 : 0;
      case SYS.CLOCK:
        return Math.floor(this.#seconds() * CENTISECONDS) | 0;
      case SYS.TIME:
        return Math.floor(this.#seconds()) | 0;
      case SYS.ERRNO:
        return this.#errno;
      case SYS.GET_CMDLINE:
        return this.#commandLine(parameter);
      case SYS.HEAPINFO:
        return this.#write(this.#word(parameter), new Uint8Array(16)) ? 0 : -1;
      case SYS.EXIT:
        this.#exit(parameter === APPLICATION_EXIT ? 0 : 1);
        return undefined;
      case SYS.EXIT_EXTENDED:
        this.#exit(this.#word(parameter) === APPLICATION_EXIT ? this.#word(parameter + 4) : 1);
        return undefined;
      case SYS.ELAPSED:
        return this.#elapsed(parameter);
      case SYS.TICKFREQ:
        return this.#machine.time.hz | 0;
      case SYS.SYSTEM:
        return this.#refuse("SYS_SYSTEM is refused: firmware runs no commands of the host");
      default:
        return this.#performOnFile(operation, parameter);
    }
  }

  #performOnFile(operation: number, parameter: number): number {
    const files = this.#files;
    const word = (index: number): number => this.#word(parameter + 4 * index);
    const name = (index: number): string => this.#string(word(index), word(index + 1));
    switch (operation) {
      case SYS.OPEN:
        return this.#noted(files.open(this.#string(word(0), word(2)), word(1)));
      case SYS.CLOSE:
        return this.#noted(files.close(word(0)));
      case SYS.WRITE:
        return this.#noted(files.write(word(0), this.#bytes(word(1), word(2)), word(2)));
      case SYS.READ:
        return this.#read(word(0), word(1), word(2));
      case SYS.ISTTY:
        return this.#noted(files.isConsole(word(0)));
      case SYS.SEEK:
        return this.#noted(files.seek(word(0), word(1)));
      case SYS.FLEN:
        return this.#noted(files.length(word(0)));
      case SYS.TMPNAM:
        return this.#temporaryName(word(0), word(1), word(2));
      case SYS.REMOVE:
        return this.#noted(files.remove(name(0)));
      case SYS.RENAME:
        return this.#noted(files.rename(name(0), name(2)));
      default:
        return this.#refuse(
          `semihosting operation 0x${operation.toString(16)} is not one of the specification`,
        );
    }
  }

  /** Keeps the reason of a failure for SYS_ERRNO, and tells the user when the sandbox is the reason. */
  #noted(result: { readonly value: number; readonly errno?: number; readonly notice?: string }): number {
    if (result.errno !== undefined) this.#errno = result.errno;
    if (result.notice !== undefined) this.#machine.parts.notice(`semihosting: ${result.notice}`);
    return result.value;
  }
  #refuse(notice: string): number {
    return this.#noted({ value: -1, errno: ENOSYS, notice });
  }

  #exit(code: number): void {
    this.#machine.requestStop({ reason: "exit", exitCode: Math.min(code >>> 0, LARGEST_EXIT_CODE) });
  }

  #read(handle: number, address: number, length: number): number {
    const room = this.#room(address, length);
    const { bytes, ...result } = this.#files.read(handle, room);
    const value = this.#noted(result);
    if (value < 0) return value;
    return this.#write(address, bytes) ? length - bytes.length : this.#noted({ value: -1, errno: EINVAL });
  }

  #temporaryName(address: number, id: number, size: number): number {
    const text = new TextEncoder().encode(`mcusim-${id & 0xff}.tmp\0`);
    if (text.length > size || !this.#write(address, text)) return this.#noted({ value: -1, errno: EINVAL });
    return 0;
  }

  #commandLine(parameter: number): number {
    const text = new TextEncoder().encode(`${this.#options.commandLine}\0`);
    const buffer = this.#word(parameter);
    if (text.length > this.#word(parameter + 4) || !this.#write(buffer, text)) {
      return this.#noted({ value: -1, errno: EINVAL });
    }
    this.#machine.bus.poke(parameter + 4, 4, text.length - 1);
    return 0;
  }

  #elapsed(address: number): number {
    const cycles = BigInt(Math.floor(this.#machine.now()));
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, cycles, true);
    return this.#write(address, bytes) ? 0 : -1;
  }

  #seconds(): number {
    const { time } = this.#machine;
    return time.seconds(this.#machine.now());
  }

  #byte(address: number): number | undefined {
    const { map, state } = this.#machine;
    const host = map.hostAddress(address >>> 0, 1);
    return host === undefined ? undefined : state.bytes[host];
  }
  /** A word of a parameter block; 0 where there is no memory. */
  #word(address: number): number {
    const { map } = this.#machine;
    const host = map.hostAddress(address >>> 0, 4);
    return host === undefined ? 0 : map.view.getUint32(host, true);
  }
  #bytes(address: number, length: number): Uint8Array {
    const { map, state } = this.#machine;
    const size = this.#room(address, length);
    const host = size === 0 ? undefined : map.hostAddress(address, size);
    return host === undefined ? new Uint8Array(0) : state.bytes.slice(host, host + size);
  }
  /** How many of `length` bytes at `address` lie in one region of memory. */
  #room(address: number, length: number): number {
    const region = this.#machine.map.find(address);
    return region === undefined ? 0 : Math.min(length, region.start + region.size - address);
  }
  #text(address: number): Uint8Array {
    const bytes = this.#bytes(address, MAX_STRING);
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  #string(address: number, length: number): string {
    return new TextDecoder().decode(this.#bytes(address, Math.min(length, MAX_STRING)));
  }
  #write(address: number, bytes: Uint8Array): boolean {
    return bytes.every((byte, i) => this.#machine.bus.poke((address + i) >>> 0, 1, byte));
  }
}
