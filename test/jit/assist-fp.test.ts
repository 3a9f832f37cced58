import { describe, expect, it } from "vitest";
import { fpOperation } from "../../src/core/fp-operation.ts";
import { CpuState } from "../../src/core/state.ts";
import type { FpOp } from "../../src/isa/ir.ts";
import { encodeAssists } from "../../src/jit/assists.ts";
import { FP_KIND, FP_KIND_SHIFT, HOST_FUNCTIONS } from "../../src/jit/host-functions.ts";
import { SHARED_INDEX } from "../../src/jit/shared-functions.ts";
import { JitArea } from "../../src/jit/jit-area.ts";

const PAGES = 256;
const NUMBER = 77;
/** Bits of singles: zeros, ordinary, subnormal, largest, infinite, quiet and signaling NaNs. */
const SPECIAL = [
  0x0000_0000, 0x3f80_0000, 0x4049_0fdb, 0x0000_0001, 0x0040_1234, 0x007f_ffff, 0x0080_0000, 0x1f80_0001,
  0x2012_3456, 0x5f00_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7fc0_0000, 0x7fc1_2345, 0x7fff_ffff, 0x7f80_0001, 0x7fbf_ffff,
].flatMap((bits) => [bits | 0, bits | 0x8000_0000]); // prettier-ignore

const FPSCR = {
  "after reset": 0,
  "the usual state": 0x10,
  "UFC set": 0x18,
  "default NaN, UFC set": 0x0200_0018,
};

describe.each(Object.entries(FPSCR))("operations on special singles in wasm, FPSCR %s", (_name, fpscr) => {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const state = new CpuState(memory);
  const asked: number[] = [];
  const unused = Object.fromEntries(HOST_FUNCTIONS.map(({ name }) => [name, () => 0]));
  const fp32 = (...args: number[]): number => {
    asked.push(args[0]!);
    return 0;
  };
  const bytes = encodeAssists(PAGES, { lines: undefined, fetch: undefined, area: new JitArea() });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    m: { ...unused, memory, fp32 },
  });
  const call = exports[`f${SHARED_INDEX.fp32}`] as (...args: number[]) => number;

  it.each(["add", "sub", "mul", "div"] as const)(
    "%s gives the host's bits without a flag, or asks it",
    (kind) => {
      const fp = { op: `${kind}32`, type: "f32", args: [] } as unknown as FpOp;
      let own = 0;
      for (const a of SPECIAL) {
        for (const b of SPECIAL) {
          asked.length = 0;
          state.fpscr = fpscr;
          const result = call(NUMBER | (FP_KIND[kind] << FP_KIND_SHIFT), a, b, 0);
          const expected = fpOperation(state, fp, [a, b]);
          if (asked.length > 0) {
            expect(asked).toEqual([NUMBER]);
            continue;
          }
          own++;
          expect([a, b, result, state.fpscr]).toEqual([a, b, expected, fpscr]);
        }
      }
      if (fpscr === 0x10 || fpscr === 0x18) expect(own).toBeGreaterThan(SPECIAL.length ** 2 / 4);
      else expect(own).toBe(0);
    },
  );
});
