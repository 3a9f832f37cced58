import { EXIT, FP_FAST, LAYOUT } from "./layout.ts";
import type { Fault } from "./fault.ts";

const word = (offset: number): number => offset >> 2;

/** Word indices into `CpuState.words`, one for each named word of the layout. */
export const W = {
  N: word(LAYOUT.N),
  Z: word(LAYOUT.Z),
  C: word(LAYOUT.C),
  V: word(LAYOUT.V),
  Q: word(LAYOUT.Q),
  GE: word(LAYOUT.GE),
  ITSTATE: word(LAYOUT.ITSTATE),
  IPSR: word(LAYOUT.IPSR),
  otherSP: word(LAYOUT.otherSP),
  PRIMASK: word(LAYOUT.PRIMASK),
  FAULTMASK: word(LAYOUT.FAULTMASK),
  BASEPRI: word(LAYOUT.BASEPRI),
  CONTROL: word(LAYOUT.CONTROL),
  FPSCR: word(LAYOUT.FPSCR),
  fpFast: word(LAYOUT.fpFast),
  exit: word(LAYOUT.exit),
  S: word(LAYOUT.S),
  pipelineState: word(LAYOUT.pipelineState),
  instructionIndex: word(LAYOUT.instructionIndex),
  exclusiveOpen: word(LAYOUT.exclusiveOpen),
  exclusiveAddress: word(LAYOUT.exclusiveAddress),
  lowestMSP: word(LAYOUT.lowestMSP),
  lowestPSP: word(LAYOUT.lowestPSP),
  fpReady: word(LAYOUT.fpReady),
  CCR: word(LAYOUT.CCR),
  taken: word(LAYOUT.taken),
  lastLoad: word(LAYOUT.lastLoad),
  lastAccess: word(LAYOUT.lastAccess),
} as const;

/** CONTROL bits. */
export const CONTROL = { nPRIV: 1, SPSEL: 2, FPCA: 4 } as const;
const FPSCR_MODES = 0x07c0_0000; // AHP, DN, FZ, RMode
const FPSCR_IXC = 0x10;
const FPSCR_UFC = 0x08;

/** Architectural state of the core, held in the shared linear memory so that every engine sees the same words. */
export class CpuState {
  readonly memory: WebAssembly.Memory;
  /** The whole memory as int32 words; R0-R15 are words 0 to 15. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  /** The fault that `EXIT.fault` announces; undefined otherwise. */
  fault: Fault | undefined;

  /** @param memory shared linear memory of at least `LAYOUT.guest` bytes; it never grows */
  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.words = new Int32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
  }

  /** Core cycles since reset at the last point where an engine wrote them back. */
  get cycles(): number {
    return this.doubles[LAYOUT.cycles >> 3]!;
  }
  set cycles(value: number) {
    this.doubles[LAYOUT.cycles >> 3] = value;
  }
  get nextEvent(): number {
    return this.doubles[LAYOUT.nextEvent >> 3]!;
  }
  set nextEvent(value: number) {
    this.doubles[LAYOUT.nextEvent >> 3] = value;
  }

  requestExit(reason: number): void {
    this.words[W.exit]! |= reason;
  }
  raise(fault: Fault): void {
    if (this.fault !== undefined) return; // the first fault of an instruction is the one taken
    this.fault = fault;
    this.requestExit(EXIT.fault);
  }

  get inHandlerMode(): boolean {
    return this.words[W.IPSR] !== 0;
  }
  get privileged(): boolean {
    return this.inHandlerMode || (this.words[W.CONTROL]! & CONTROL.nPRIV) === 0;
  }
  get usesPSP(): boolean {
    return (this.words[W.CONTROL]! & CONTROL.SPSEL) !== 0 && !this.inHandlerMode;
  }

  /** APSR: N, Z, C, V, Q and GE in their architectural places. */
  get apsr(): number {
    const w = this.words;
    const nzcvq = (w[W.N]! << 31) | (w[W.Z]! << 30) | (w[W.C]! << 29) | (w[W.V]! << 28) | (w[W.Q]! << 27);
    return nzcvq | (w[W.GE]! << 16);
  }
  setNZCVQ(value: number): void {
    const w = this.words;
    w[W.N] = value >>> 31;
    w[W.Z] = (value >>> 30) & 1;
    w[W.C] = (value >>> 29) & 1;
    w[W.V] = (value >>> 28) & 1;
    w[W.Q] = (value >>> 27) & 1;
  }
  setGE(value: number): void {
    this.words[W.GE] = (value >>> 16) & 15;
  }

  /** xPSR as stacked on exception entry: APSR, ITSTATE in its split fields, T set, IPSR. */
  get xpsr(): number {
    const it = this.words[W.ITSTATE]!;
    return this.apsr | ((it & 3) << 25) | ((it >> 2) << 10) | (1 << 24) | this.words[W.IPSR]!;
  }

  get fpscr(): number {
    return this.words[W.FPSCR]!;
  }
  set fpscr(value: number) {
    this.words[W.FPSCR] = value;
    const isUsual = (value & FPSCR_MODES) === 0 && (value & FPSCR_IXC) !== 0;
    const mayUnderflow = (value & FPSCR_UFC) !== 0 ? FP_FAST.underflow : 0;
    this.words[W.fpFast] = isUsual ? FP_FAST.usual | mayUnderflow : 0;
  }

  get mainSP(): number {
    return this.words[this.usesPSP ? W.otherSP : 13]!;
  }
  set mainSP(value: number) {
    this.words[this.usesPSP ? W.otherSP : 13] = value & ~3;
  }
  get processSP(): number {
    return this.words[this.usesPSP ? 13 : W.otherSP]!;
  }
  set processSP(value: number) {
    this.words[this.usesPSP ? 13 : W.otherSP] = value & ~3;
  }
}
