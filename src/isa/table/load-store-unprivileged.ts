import { enc, insn, type Encoding } from "../insn.ts";
import { r } from "../registers.ts";
import { writeLoaded } from "./load-store-common.ts";

/** Loads and stores with the rights of unprivileged code. */

interface Operands {
  readonly Rt: number;
  readonly Rn: number;
  readonly imm32: number;
}
const operands = (f: { readonly Rn: number; readonly Rt: number; readonly imm8: number }): Operands => ({
  Rt: f.Rt,
  Rn: f.Rn,
  imm32: f.imm8,
});
const asm =
  (mnemonic: string) =>
  ({ Rt, Rn, imm32 }: Operands, { c }: { readonly c: string }): string =>
    `${mnemonic}${c}\t${r(Rt)}, [${r(Rn)}${imm32 === 0 ? "" : `, #${imm32}`}]`;

const load = (
  name: string,
  access: { readonly bytes: 1 | 2 | 4; readonly signed: boolean },
  T1: Encoding<Operands>,
) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "load",
    asm: asm(name.toLowerCase()),
    sem: ({ Rt, Rn, imm32 }, x) => {
      const { bytes, signed } = access;
      writeLoaded(x, Rt, x.load(bytes, x.add(x.R(Rn), imm32), { signed, unprivileged: true }));
    },
  });

const store = (name: string, bytes: 1 | 2 | 4, T1: Encoding<Operands>) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "store",
    asm: asm(name.toLowerCase()),
    sem: ({ Rt, Rn, imm32 }, x) => x.store(bytes, x.add(x.R(Rn), imm32), x.R(Rt), { unprivileged: true }),
  });

/** @source Armv7-M ARM, "LDRT" */
export const LDRT = load(
  "LDRT",
  { bytes: 4, signed: false },
  enc("111110000101 Rn:4!1111 Rt:4 1110 imm8:8", operands),
);

/** @source Armv7-M ARM, "LDRBT" */
export const LDRBT = load(
  "LDRBT",
  { bytes: 1, signed: false },
  enc("111110000001 Rn:4!1111 Rt:4 1110 imm8:8", operands),
);

/** @source Armv7-M ARM, "LDRHT" */
export const LDRHT = load(
  "LDRHT",
  { bytes: 2, signed: false },
  enc("111110000011 Rn:4!1111 Rt:4 1110 imm8:8", operands),
);

/** @source Armv7-M ARM, "LDRSBT" */
export const LDRSBT = load(
  "LDRSBT",
  { bytes: 1, signed: true },
  enc("111110010001 Rn:4!1111 Rt:4 1110 imm8:8", operands),
);

/** @source Armv7-M ARM, "LDRSHT" */
export const LDRSHT = load(
  "LDRSHT",
  { bytes: 2, signed: true },
  enc("111110010011 Rn:4!1111 Rt:4 1110 imm8:8", operands),
);

/** @source Armv7-M ARM, "STRT" */
export const STRT = store("STRT", 4, enc("111110000100 Rn:4!1111 Rt:4 1110 imm8:8", operands));

/** @source Armv7-M ARM, "STRBT" */
export const STRBT = store("STRBT", 1, enc("111110000000 Rn:4!1111 Rt:4 1110 imm8:8", operands));

/** @source Armv7-M ARM, "STRHT" */
export const STRHT = store("STRHT", 2, enc("111110000010 Rn:4!1111 Rt:4 1110 imm8:8", operands));
