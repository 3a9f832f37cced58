import { readOnly, type RegisterSpec } from "../registers.ts";

/** PID4-7, PID0-3 and CID0-3 of a CMSDK peripheral at 0xFD0. @source DDI 0479 "Peripheral identification registers" */
export const identification = (part: number): Record<string, RegisterSpec> => {
  const bytes = [0x04, 0, 0, 0, part, 0xb8, 0x1b, 0x00, 0x0d, 0xf0, 0x05, 0xb1];
  const names = [
    "PID4",
    "PID5",
    "PID6",
    "PID7",
    "PID0",
    "PID1",
    "PID2",
    "PID3",
    "CID0",
    "CID1",
    "CID2",
    "CID3",
  ];
  return Object.fromEntries(names.map((name, i) => [name, readOnly(0xfd0 + 4 * i, bytes[i] ?? 0)]));
};
