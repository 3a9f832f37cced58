import type { Classification } from "./counters.ts";
import type { Machine } from "./machine.ts";
import { symbolAddress } from "./symbols.ts";
import { ELEMENT_BYTES, type ElementType, type Workload } from "./workload.ts";

/** `Detected LABEL (NN%)`, as the public keyword-spotting examples print their result. */
const DETECTED = /Detected\s+(\S+)\s*\((\d+(?:\.\d+)?)\s*%\)/g;

/** The firmware's answer: from the output array that the workload names, else from the console's last `Detected` line. */
export function classify(machine: Machine, workload: Workload, console: string): Classification | undefined {
  const { output, labels } = workload;
  const expected = workload.expect?.label;
  const judged = (label: string): Pick<Classification, "expected" | "ok"> =>
    expected === undefined ? {} : { expected, ok: label === expected };
  if (output !== undefined) {
    const address = symbolAddress(machine.image, output.symbol, "output.symbol of the workload file");
    const { scale = 1, zeroPoint = 0 } = output;
    const values = Array.from(
      { length: output.length },
      (_, i) => scale * (element(machine, address + i * ELEMENT_BYTES[output.type], output.type) - zeroPoint),
    );
    const index = values.indexOf(Math.max(...values));
    const name = (i: number): string => labels?.[i] ?? String(i);
    const scores = Object.fromEntries(values.map((v, i) => [name(i), v]));
    return { label: name(index), index, score: values[index]!, scores, ...judged(name(index)) };
  }
  const last = [...console.matchAll(DETECTED)].at(-1);
  if (last === undefined) return undefined;
  const label = last[1]!;
  return { label, index: labels?.indexOf(label) ?? -1, score: Number(last[2]) / 100, ...judged(label) };
}

function element({ bus, map }: Machine, address: number, type: ElementType): number {
  const word = bus.peek(address, ELEMENT_BYTES[type]) ?? 0;
  switch (type) {
    case "int8":
      return (word << 24) >> 24;
    case "int16":
      return (word << 16) >> 16;
    case "float32":
      return map.view.getFloat32(map.hostAddress(address, 4)!, true);
    default:
      return word;
  }
}
