/** The part of capstone-wasm in use: the package has types, but does not export them. */
declare module "capstone-wasm" {
  export interface Insn {
    readonly size: number;
    readonly mnemonic: string;
    readonly opStr: string;
  }
  export class Capstone {
    constructor(arch: number, mode: number);
    /** Throws when nothing decodes. */
    disasm(code: Uint8Array, options?: { readonly address?: number; readonly count?: number }): Insn[];
    close(): void;
  }
  export const Const: {
    readonly CS_ARCH_ARM: number;
    readonly CS_MODE_THUMB: number;
    readonly CS_MODE_MCLASS: number;
  };
  export function loadCapstone(): Promise<void>;
}
