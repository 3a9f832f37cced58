import type { AccessSize } from "../peripherals/peripheral.ts";
import type { Machine } from "./machine.ts";

/** The peripheral area. @source Armv7-M ARM, "The system address map" */
const BASE = 0x4000_0000;
const SIZE = 0x2000_0000;

/**
 * With `--lenient`, peripherals that a board does not have read as 0 and ignore what is written, instead of a bus fault.
 * Every such place is a notice of the report.
 */
export function allowAbsentPeripherals({ bus, parts }: Machine): void {
  const note = (offset: number, access: "read" | "write"): void => {
    const word = ((BASE + offset) & ~3) >>> 0;
    parts.notice(`0x${word.toString(16)} (${access}): nothing is there; allowed by --lenient`);
  };
  bus.attach({
    base: BASE,
    size: SIZE,
    read: (offset: number, _size: AccessSize) => {
      note(offset, "read");
      return 0;
    },
    write: (offset: number) => {
      note(offset, "write");
      return true;
    },
  });
}
