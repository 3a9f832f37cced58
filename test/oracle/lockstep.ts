import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";
import { difference } from "../exec/compare.ts";
import { type CaseGroup, type CaseState, CODE_BYTES, DATA_BYTES, type Outcome } from "../exec/cases.ts";

const SCRIPT = fileURLToPath(new URL("lockstep.py", import.meta.url));
const APSR_BITS = 0xf80f_0000;

/** Unicorn in a Python process; ask it for the outcomes of cases. */
export class UnicornOracle {
  readonly version: Promise<string>;
  readonly #process: ChildProcessWithoutNullStreams;
  #received: Buffer = Buffer.alloc(0);
  #ended = "";
  #wake: () => void = () => undefined;

  /** @param python what `pythonOracle("unicorn")` gave */
  constructor(python: string) {
    this.#process = spawn(python, [SCRIPT]);
    let complaint = "";
    this.#process.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
    this.#process.stdin.on("error", () => undefined); // the end of standard output tells
    this.#process.stdout.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.#process.on("close", () => {
      this.#ended = complaint || "unicorn ended";
      this.#wake();
    });
    this.#process.stdin.write(CODE_BYTES);
    this.#process.stdin.write(DATA_BYTES);
    this.version = this.#take(12).then((b) =>
      [b.readUInt32LE(0), b.readUInt32LE(4), b.readUInt32LE(8)].join("."),
    );
  }

  /** Outcomes of all states of all groups, in order. */
  async run(groups: readonly CaseGroup[]): Promise<Outcome[][]> {
    await this.version;
    for (const bytes of request(groups)) this.#process.stdin.write(bytes);
    const length = (await this.#take(4)).readUInt32LE(0);
    const bytes = await this.#take(4 * length);
    const words = new Int32Array(length);
    for (let i = 0; i < length; i++) words[i] = bytes.readInt32LE(4 * i);
    const reader = new OutcomeReader(words);
    return groups.map((group) => group.states.map(() => reader.next()));
  }

  close(): void {
    this.#process.stdin.end();
  }

  async #take(size: number): Promise<Buffer> {
    while (this.#received.length < size) {
      if (this.#ended !== "") throw new Error(this.#ended);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }
}

/** The request of lockstep.py for `groups`, in pieces. */
export function* request(groups: readonly CaseGroup[]): Generator<Uint8Array> {
  yield new Uint8Array(Uint32Array.of(groups.length).buffer);
  for (const { pc, count, code, states } of groups) {
    yield new Uint8Array(Uint32Array.of(pc, count, code.length, states.length).buffer);
    const padded = new Uint8Array((code.length + 3) & ~3);
    padded.set(code);
    yield padded;
    for (const { r, apsr } of states) yield new Uint8Array(Int32Array.of(...r, apsr).buffer);
  }
}

class OutcomeReader {
  readonly #words: Int32Array;
  #at = 0;

  constructor(words: Int32Array) {
    this.#words = words;
  }
  next(): Outcome {
    const words = this.#words;
    const at = this.#at;
    const writes: [number, number][] = [];
    const count = words[at + 18]!;
    for (let i = 0; i < count; i++) writes.push([words[at + 19 + 2 * i]!, words[at + 20 + 2 * i]!]);
    this.#at += 19 + 2 * count;
    const status = words[at]!;
    return {
      stopped: status === 0 ? "" : `exception ${status - 1}`,
      r: words.slice(at + 1, at + 17),
      apsr: words[at + 17]! & APSR_BITS,
      writes,
      itState: undefined,
    };
  }
}

/**
 * Why unicorn's outcome may not be the architecture's; empty otherwise. All three are faults of QEMU 5.0, on which unicorn
 * 2 is built, and gone in qemu-system-arm 7.2, with which qemu-cases.test.ts agrees:
 * - bits 1:0 of an address that writeback puts into R13 are kept, where the Arm ARM makes them zero;
 * - SMLAD sets Q when the sum of the products alone overflows, though the accumulator takes it back;
 * - ISB in an IT block forgets the rest of the block (random programs have none there, see random-program.ts).
 */
export function doubtful(form: string, before: CaseState, answer: Outcome): string {
  if ((answer.r[13]! & 3) !== 0) return "bits 1:0 of R13 are not zero";
  const setsQ = (answer.apsr & ~before.apsr & Q) !== 0;
  if (form.startsWith("SMLAD") && setsQ && before.r.includes(TWICE_LOWEST))
    return "the products of SMLAD overflow";
  return "";
}
/** The one operand whose products with itself sum to 2^31. */
const TWICE_LOWEST = 0x8000_8000 | 0;
const Q = 1 << 27;

/** Whether a difference is of the kind that `doubtful` names, and nothing else is different. */
function isExplained(before: CaseState, answer: Outcome, outcome: Outcome): boolean {
  const r = Int32Array.from(answer.r);
  r[13]! &= ~3;
  const apsr = (answer.apsr & ~Q) | (before.apsr & Q);
  return difference({ ...answer, r }, outcome) === "" || difference({ ...answer, apsr }, outcome) === "";
}

/** Why a difference is unicorn's fault; empty when it is not known to be. */
export function explanation(form: string, before: CaseState, answer: Outcome, outcome: Outcome): string {
  const why = doubtful(form, before, answer);
  return why !== "" && isExplained(before, answer, outcome) ? why : "";
}
