import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { FAULTS } from "../../src/core/fault.ts";
import { type CaseGroup, type CaseState, DATA, type Outcome, stateOf } from "./cases.ts";

/** Recorded cases: what the oracle made of them, and where they come from. */
export interface Vectors {
  readonly about: VectorsAbout;
  readonly groups: readonly CaseGroup[];
  /** By group and state. */
  readonly outcomes: readonly (readonly Outcome[])[];
}
export interface VectorsAbout {
  readonly oracle: string;
  readonly recorder: string;
  readonly seed: number;
  /** Bits of CCR that are set in all cases. */
  readonly ccr: number;
  readonly cases: number;
  /** Every form with its number of cases. */
  readonly forms: Readonly<Record<string, number>>;
  /** Why outcomes were left out, and how many. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Layout of the binary part; a number that changes with it. */
const FORMAT = 3;
/** Stands for an ITSTATE that is not known; no ITSTATE has a condition without a mask. */
const UNKNOWN = 0xf0;
/** What can stop a case; an oracle that cannot tell faults apart says "exception". */
const STOPPED: readonly string[] = ["", "exception", ...Object.keys(FAULTS)];

class Writer {
  readonly #bytes: number[] = [];

  u8(value: number): void {
    this.#bytes.push(value & 0xff);
  }
  u16(value: number): void {
    this.#bytes.push(value & 0xff, (value >>> 8) & 0xff);
  }
  u32(value: number): void {
    this.u16(value);
    this.u16(value >>> 16);
  }
  /** A mask of the entries in which `now` differs from `before`, and their values. */
  changes(before: Int32Array, now: Int32Array): void {
    let mask = 0;
    now.forEach((value, n) => (mask |= value === before[n] ? 0 : 1 << n));
    this.u16(mask);
    now.forEach((value, n) => {
      if (value !== before[n]) this.u32(value);
    });
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get atEnd(): boolean {
    return this.#at >= this.#view.byteLength;
  }
  u8(): number {
    return this.#view.getUint8(this.#at++);
  }
  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }
  i32(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }
  changes(before: Int32Array): Int32Array {
    const now = Int32Array.from(before);
    const mask = this.u16();
    for (let n = 0; n < now.length; n++) if (((mask >>> n) & 1) === 1) now[n] = this.i32();
    return now;
  }
}

/** R0-R15 of a case that changes nothing but the PC. */
const unchanged = ({ pc, code }: CaseGroup, { r }: CaseState): Int32Array =>
  Int32Array.of(...r, pc + code.length);

/** Writes `name.json` and `name.bin.gz`. */
export function writeVectors(path: string, { about, groups, outcomes }: Vectors): void {
  const names = Object.keys(about.forms);
  const writer = new Writer();
  groups.forEach((group, g) => {
    writer.u16(names.indexOf(group.form));
    writer.u32(group.pc);
    writer.u8(group.count);
    writer.u8(group.code.length);
    for (const byte of group.code) writer.u8(byte);
    writer.u8(group.states.length);
    group.states.forEach((state, i) => writeCase(writer, group, state, outcomes[g]![i]!));
  });
  writeFileSync(`${path}.json`, `${JSON.stringify({ format: FORMAT, ...about }, undefined, 2)}\n`);
  writeFileSync(`${path}.bin.gz`, gzipSync(writer.bytes, { level: 9 }));
}

function writeCase(writer: Writer, group: CaseGroup, state: CaseState, outcome: Outcome): void {
  const drawn = stateOf(state.seed);
  writer.u32(state.seed);
  writer.changes(drawn.r, state.r);
  writer.u8(Math.max(STOPPED.indexOf(outcome.stopped), outcome.stopped === "" ? 0 : 1));
  writer.changes(unchanged(group, state), outcome.r);
  writer.u16(outcome.apsr >>> 16);
  writer.u8(outcome.itState ?? UNKNOWN);
  writer.u8(outcome.writes.length);
  for (const [address, value] of outcome.writes) {
    writer.u16((address - DATA.start) >>> 2);
    writer.u32(value);
  }
}

/** Reads what `writeVectors` wrote; throws when the format is another. */
export function readVectors(path: string): Vectors {
  const { format, ...about } = JSON.parse(readFileSync(`${path}.json`, "utf8")) as VectorsAbout & {
    format: number;
  };
  if (format !== FORMAT)
    throw new Error(`${path}.json has format ${format} and not ${FORMAT}; record it again`);
  const names = Object.keys(about.forms);
  const reader = new Reader(gunzipSync(readFileSync(`${path}.bin.gz`)));
  const groups: CaseGroup[] = [];
  const outcomes: Outcome[][] = [];
  while (!reader.atEnd) {
    const form = names[reader.u16()]!;
    const pc = reader.i32();
    const count = reader.u8();
    const code = Uint8Array.from({ length: reader.u8() }, () => reader.u8());
    const group = { form, pc, count, code, states: [] as CaseState[] };
    const size = reader.u8();
    groups.push(group);
    outcomes.push(Array.from({ length: size }, () => readCase(reader, group)));
  }
  return { about, groups, outcomes };
}

function readCase(reader: Reader, group: CaseGroup & { readonly states: CaseState[] }): Outcome {
  const drawn = stateOf(reader.i32() >>> 0);
  const state = { ...drawn, r: reader.changes(drawn.r) };
  group.states.push(state);
  const stopped = STOPPED[reader.u8()]!;
  const r = reader.changes(unchanged(group, state));
  const apsr = reader.u16() << 16;
  const itState = knownOnly(reader.u8());
  const writes = Array.from(
    { length: reader.u8() },
    () => [DATA.start + 4 * reader.u16(), reader.i32()] as const,
  );
  return { stopped, r, apsr, writes, itState };
}

const knownOnly = (itState: number): number | undefined => (itState === UNKNOWN ? undefined : itState);
