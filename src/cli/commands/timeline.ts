import { loadBoard } from "../../board/registry.ts";
import type { Image } from "../../elf/image.ts";
import { UsageError } from "../../errors.ts";
import { renderTimeline } from "../../report/timeline.ts";
import { symbolAddress } from "../../runner/symbols.ts";
import { timelineOf } from "../../runner/timeline.ts";
import { writeText } from "../files.ts";
import { defaultLoadAddress, loadFirmware } from "../load.ts";

export interface TimelineCommandOptions {
  readonly board?: string;
  /** Symbol, symbol+offset or address. */
  readonly at: string;
  readonly count?: number;
  readonly steady?: boolean;
  readonly loadAddress?: number;
  /** A file, or `-` for stdout. */
  readonly json?: string;
}

/** `mcusim explain FIRMWARE --at PLACE`: how its code goes through the pipeline. */
export async function timeline(firmware: string, options: TimelineCommandOptions): Promise<void> {
  if (options.board === undefined) throw new UsageError("--board ID is missing; `mcusim boards` lists them");
  const board = await loadBoard(options.board);
  const { image } = loadFirmware(firmware, options.loadAddress ?? defaultLoadAddress(board));
  const { count, steady = false } = options;
  const result = timelineOf({
    image,
    board,
    steady,
    ...place(image, options.at, count === undefined),
    ...(count === undefined ? {} : { count }),
  });
  const { json } = options;
  if (json === undefined || json !== "-") process.stdout.write(renderTimeline(result));
  if (json === undefined) return;
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (json === "-") process.stdout.write(text);
  else writeText(json, text, "timeline");
}

/** Where it starts, and where it ends when a whole function is named. */
function place(image: Image, at: string, whole: boolean): { readonly start: number; readonly end?: number } {
  if (/^(0x[0-9a-f_]+|\d+)$/i.test(at)) return { start: evenAddress(Number(at.replaceAll("_", ""))) };
  const [, name = at, offset] = /^(.+)\+(0x[0-9a-f]+|\d+)$/i.exec(at) ?? [];
  const start = symbolAddress(image, name, "--at");
  if (offset !== undefined) return { start: evenAddress(start + Number(offset)) };
  const size = image.findSymbol(name)?.size ?? 0;
  return whole && size > 0 ? { start, end: start + size } : { start };
}

/** Bit 0 only says Thumb. */
const evenAddress = (address: number): number => (address & ~1) >>> 0;
