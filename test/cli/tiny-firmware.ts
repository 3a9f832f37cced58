/** Start of flash and of RAM on the STM32 boards. */
export const FLASH = 0x0800_0000;
const RAM = 0x2000_0000;
const VECTORS = 16;

/** Encodings that the little programs are made of. */
export const T = {
  loop: 0xe7fe,
  nop: 0xbf00,
  bkpt: (imm: number): number => 0xbe00 | imm,
  /** MOVS Rd, #imm8. */
  movs: (Rd: number, imm8: number): number => 0x2000 | (Rd << 8) | imm8,
  /** LDR Rt, [PC, #4 * words]. */
  ldrLiteral: (Rt: number, words: number): number => 0x4800 | (Rt << 8) | words,
  /** STR Rt, [Rn]. */
  str: (Rt: number, Rn: number): number => 0x6000 | (Rn << 3) | Rt,
  ldr: (Rt: number, Rn: number): number => 0x6800 | (Rn << 3) | Rt,
  bx: (Rm: number): number => 0x4700 | (Rm << 3),
  udf: 0xde00,
} as const;

export const SEMIHOSTING = T.bkpt(0xab);

/** Half-words of a 32-bit constant. */
export const word = (value: number): readonly number[] => [value & 0xffff, value >>> 16];

/**
 * A raw image for the start of flash: vector table (every handler is `handler`, a loop in place by default) and the
 * program behind it.
 */
export function tinyFirmware(program: readonly number[], { stack = RAM + 0x1000 } = {}): Uint8Array {
  const bytes = new Uint8Array(4 * VECTORS + 2 * program.length + 2);
  const view = new DataView(bytes.buffer);
  const start = FLASH + 4 * VECTORS;
  const loop = start + 2 * program.length;
  view.setUint32(0, stack, true);
  view.setUint32(4, start | 1, true);
  for (let n = 2; n < VECTORS; n++) view.setUint32(4 * n, loop | 1, true);
  program.forEach((halfword, i) => {
    view.setUint16(4 * VECTORS + 2 * i, halfword, true);
  });
  view.setUint16(loop - FLASH, T.loop, true);
  return bytes;
}

/** MOVS R0, #operation; LDR R1 = parameter; BKPT 0xAB: the literal follows behind a branch over it. */
export function semihostingCall(operation: number, parameter: number): readonly number[] {
  // At an address that is a multiple of 4: movs, ldr [pc, #4], bkpt, b over the literal, literal
  return [T.movs(0, operation), T.ldrLiteral(1, 1), SEMIHOSTING, 0xe001, ...word(parameter)];
}

/** Ends the program with exit code 0 through SYS_EXIT. */
export const exitWell = (): readonly number[] => semihostingCall(0x18, 0x2_0026);
