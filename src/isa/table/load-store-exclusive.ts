import { enc, insn, type Encoding } from "../insn.ts";
import { hexComment, r } from "../registers.ts";

interface LoadOperands {
  readonly Rt: number;
  readonly Rn: number;
  readonly imm32: number;
}
interface StoreOperands extends LoadOperands {
  readonly Rd: number;
}

const address = ({ Rn, imm32 }: LoadOperands): string =>
  imm32 === 0 ? `[${r(Rn)}]` : `[${r(Rn)}, #${imm32}]${hexComment(imm32)}`;

/** R13 and R15 as Rt and R15 as Rn are UNPREDICTABLE, and UNDEFINED here. */
const loadOperands = (f: { readonly Rn: number; readonly Rt: number }, imm32: number): LoadOperands | null =>
  f.Rn === 15 || f.Rt === 13 || f.Rt === 15 ? null : { Rt: f.Rt, Rn: f.Rn, imm32 };

/** As `loadOperands`; Rd may be neither R13, R15, Rn nor Rt either. */
function storeOperands(
  f: { readonly Rn: number; readonly Rt: number; readonly Rd: number },
  imm32: number,
): StoreOperands | null {
  const { Rd } = f;
  const o = loadOperands(f, imm32);
  return o === null || Rd === 13 || Rd === 15 || Rd === f.Rn || Rd === f.Rt ? null : { ...o, Rd };
}

const loadExclusive = (name: "LDREX" | "LDREXB" | "LDREXH", bytes: 1 | 2 | 4, T1: Encoding<LoadOperands>) =>
  insn<LoadOperands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "load.exclusive",
    asm: (o, { c }) => `${name.toLowerCase()}${c}\t${r(o.Rt)}, ${address(o)}`,
    sem: ({ Rt, Rn, imm32 }, x) => {
      const at = x.let(x.add(x.R(Rn), imm32));
      const data = x.load(bytes, at, { aligned: true });
      x.value({ name: "setExclusive", address: at, bytes });
      x.setR(Rt, data);
    },
  });

const storeExclusive = (name: "STREX" | "STREXB" | "STREXH", bytes: 1 | 2 | 4, T1: Encoding<StoreOperands>) =>
  insn<StoreOperands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "store.exclusive",
    asm: (o, { c }) => `${name.toLowerCase()}${c}\t${r(o.Rd)}, ${r(o.Rt)}, ${address(o)}`,
    sem: ({ Rd, Rt, Rn, imm32 }, x) => {
      const at = x.let(x.add(x.R(Rn), imm32));
      const pass = x.value({ name: "exclusivePass", address: at, bytes });
      x.if(pass, () => x.store(bytes, at, x.R(Rt), { aligned: true }));
      x.setR(Rd, x.xor(pass, 1));
    },
  });

/** @source Armv7-M ARM, "LDREX" */
export const LDREX = loadExclusive(
  "LDREX",
  4,
  enc("111010000101 Rn:4 Rt:4 1111 imm8:8", (f) => loadOperands(f, f.imm8 << 2)),
);

/** @source Armv7-M ARM, "LDREXB" */
export const LDREXB = loadExclusive(
  "LDREXB",
  1,
  enc("111010001101 Rn:4 Rt:4 1111 0100 1111", (f) => loadOperands(f, 0)),
);

/** @source Armv7-M ARM, "LDREXH" */
export const LDREXH = loadExclusive(
  "LDREXH",
  2,
  enc("111010001101 Rn:4 Rt:4 1111 0101 1111", (f) => loadOperands(f, 0)),
);

/** @source Armv7-M ARM, "STREX" */
export const STREX = storeExclusive(
  "STREX",
  4,
  enc("111010000100 Rn:4 Rt:4 Rd:4 imm8:8", (f) => storeOperands(f, f.imm8 << 2)),
);

/** @source Armv7-M ARM, "STREXB" */
export const STREXB = storeExclusive(
  "STREXB",
  1,
  enc("111010001100 Rn:4 Rt:4 1111 0100 Rd:4", (f) => storeOperands(f, 0)),
);

/** @source Armv7-M ARM, "STREXH" */
export const STREXH = storeExclusive(
  "STREXH",
  2,
  enc("111010001100 Rn:4 Rt:4 1111 0101 Rd:4", (f) => storeOperands(f, 0)),
);
