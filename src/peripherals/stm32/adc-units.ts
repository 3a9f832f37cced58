import type { Register } from "../registers.ts";

/** Looks up the registers of a unit, `SR_2` as `SR`. @param n the unit, from 0 */
export function registersOfUnit(
  all: Readonly<Record<string, Register>>,
  n: number,
): (name: string) => Register {
  const suffix = `_${n + 1}`;
  const own = new Map(
    Object.entries(all)
      .filter(([name]) => name.endsWith(suffix))
      .map(([name, register]) => [name.slice(0, -suffix.length), register]),
  );
  return (name) => own.get(name)!;
}
