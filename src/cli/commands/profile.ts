import type { Image } from "../../elf/image.ts";
import { UsageError } from "../../errors.ts";
import { listing } from "../../isa/disassembler.ts";
import {
  annotate,
  renderAnnotation,
  type Annotation,
  type ListedInstruction,
} from "../../report/annotate.ts";
import { functionProfile, renderFunctionProfile } from "../../report/profile.ts";
import { hexAddress } from "../../report/report.ts";
import type { FunctionCost } from "../../runner/counters.ts";
import { decoderFor } from "../../runner/machine.ts";
import { describeAddress, symbolAddress } from "../../runner/symbols.ts";
import { execute, type Outcome } from "../execute.ts";
import { writeText } from "../files.ts";
import { bytesAt } from "../image-bytes.ts";
import { load } from "../load.ts";
import type { RunOptions } from "../run-options.ts";
import { failureOf } from "./run.ts";

export interface ProfileOptions extends RunOptions {
  readonly board?: string;
  readonly annotate?: string;
  /** A file, or `-` for stdout. */
  readonly json?: string;
}

/** `mcusim profile`: every function by stall cause, or one function instruction by instruction. @returns the exit code */
export async function profile(firmware: string, options: ProfileOptions): Promise<number> {
  if (options.board === undefined) throw new UsageError("--board ID is missing; `mcusim boards` lists them");
  const loaded = await load(firmware, options.board, options);
  const { annotate: name, json } = options;
  if (name !== undefined) symbolAddress(loaded.image, name, "--annotate");
  const outcome = await execute(loaded, options, (bytes) => process.stderr.write(bytes));
  const annotation = name === undefined ? undefined : annotationOf(outcome, name);
  if (json !== undefined) {
    const text = `${JSON.stringify(jsonOf(outcome, annotation), null, 2)}\n`;
    if (json === "-") process.stdout.write(text);
    else writeText(json, text, "profile");
  }
  if (json !== "-") {
    process.stdout.write(
      annotation === undefined
        ? renderFunctionProfile(functionProfile(outcome.result))
        : renderAnnotation(annotation),
    );
  }
  if (outcome.exitCode !== 0) process.stderr.write(`mcusim: ${failureOf(outcome)}\n`);
  return outcome.exitCode;
}

/** The costs of one function beside its instructions. Throws UsageError when it was never executed. */
export function annotationOf({ loaded: { image, board }, result }: Outcome, name: string): Annotation {
  const start = symbolAddress(image, name, "--annotate");
  const cost = result.functions.find((f) => f.address === start);
  if (cost === undefined) throw new UsageError(`--annotate ${name}: the run never came there`);
  // The same question as the profile asks, so that both count the same addresses.
  const costs = result.addresses.filter(({ address }) => image.symbolAt(address)?.symbol.address === start);
  const end = Math.max(
    start + (image.findSymbol(name)?.size ?? 0),
    ...costs.map(({ address, size }) => address + size),
  );
  return annotate(cost, instructionsOf(image, start, end, decoderFor(board.core.fpu)), costs);
}

/** Lists code alone: literal data between instructions is left out. */
function instructionsOf(
  image: Image,
  start: number,
  end: number,
  decoder: ReturnType<typeof decoderFor>,
): readonly ListedInstruction[] {
  const symbol = (target: number): string | undefined => describeAddress(image, target);
  const cuts = image.mappings.filter(({ address }) => address > start && address < end);
  const starts = [start, ...cuts.map(({ address }) => address)];
  return starts.flatMap((from, i) => {
    if (image.mappings.findLast(({ address }) => address <= from)?.kind === "data") return [];
    return [...listing(bytesAt(image, from, starts[i + 1] ?? end), from, decoder, { symbol })].map(
      ({ address, size, word, text }) => {
        const digits = word.toString(16).padStart(2 * size, "0");
        return { address, encoding: size === 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits, text };
      },
    );
  });
}

/** What was measured, without what differs from one computer to the next. */
function jsonOf({ report, result }: Outcome, annotation: Annotation | undefined): object {
  const { schemaVersion, tool, firmware, board, stop } = report;
  const { functions, ...rest } = functionProfile(result);
  const shown = ({ address, ...cost }: FunctionCost) => ({ ...cost, address: hexAddress(address) });
  return {
    schemaVersion,
    tool,
    firmware,
    board,
    stop,
    ...rest,
    functions: functions.map(shown),
    ...(annotation === undefined ? {} : { annotation: jsonOfAnnotation(annotation) }),
  };
}

function jsonOfAnnotation({ function: { name, cycles, instructions }, lines, hottest }: Annotation): object {
  return {
    function: name,
    cycles,
    instructions,
    ...(hottest === undefined ? {} : { hottest: hexAddress(hottest) }),
    lines: lines.map(({ address, encoding, text, cost }) => ({
      address: hexAddress(address),
      encoding,
      text: text.replaceAll("\t", " "),
      executed: cost?.executed ?? 0,
      cycles: cost?.cycles ?? 0,
      ...(cost === undefined ? {} : { stalls: cost.stalls }),
    })),
  };
}
