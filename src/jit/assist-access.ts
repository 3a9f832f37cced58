import { CCR } from "../core/exceptions-registers.ts";
import { LAYOUT } from "../core/layout.ts";
import type { UnalignedLoads } from "../memory/bus.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { SLOW } from "../memory/page-table.ts";
import { MODEL_AREA } from "../memory/model-area.ts";
import { STEADY, STEADY_ENTRIES, STEADY_SHIFT } from "../memory/steady-reads.ts";
import { BY_HOST, type LineAccess } from "./line-access.ts";
import { ACCESS } from "./host-functions.ts";
import type { JitArea } from "./jit-area.ts";
import { emitStall } from "./stall.ts";
import type { FunctionBody, Opcode, Signature } from "./wasm-module.ts";

/** Bits of the word that tells a load or store what to do: size and flags as for the host, then the room needed. */
export const ROOM_SHIFT = 5;

/** address, size | flags | room << 5, place, left, cycles from the block's start, counter → value */
export const LOAD_BY_ASSIST: Signature = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32"],
  results: ["i32"],
};
/** The same, the value last. */
export const STORE_BY_ASSIST: Signature = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  results: [],
};

/** How accesses are made: functions by index in the module that calls them. */
export interface AccessCalls {
  /** What makes accesses to memory with lines, and the table of those that are free; absent without such memory. */
  readonly lines:
    | {
        /** Emits an access, which leaves its stall on the stack or answers. */
        readonly emit: (body: FunctionBody, access: LineAccess) => void;
        readonly table: LineTableLayout;
        readonly unaligned: UnalignedLoads;
      }
    | undefined;
  readonly load: number;
  readonly store: number;
}

const [ADDRESS, ACCESS_WORD, PLACE, LEFT, OFFSET, COUNTER, VALUE] = [0, 1, 2, 3, 4, 5, 6];

/** A load or store that neither table has: a steady read at once, else with its stall by `lines`, or by the host. */
export function emitAccess(body: FunctionBody, write: boolean, area: JitArea, calls: AccessCalls): void {
  const size = body.local("i32");
  body.get(ACCESS_WORD).i32(7).op("i32.and").set(size);
  if (!write) emitSteadyRead(body, size, area);
  if (calls.lines !== undefined) emitLineAccess(body, size, write, area, calls.lines);
  const hostAccess = (1 << ROOM_SHIFT) - 1;
  body.get(ADDRESS).get(ACCESS_WORD).i32(hostAccess).op("i32.and");
  if (write) body.get(VALUE);
  body
    .get(PLACE)
    .get(LEFT)
    .call(write ? calls.store : calls.load);
}

/** Returns what `SteadyReads` has for the load. */
function emitSteadyRead(body: FunctionBody, size: number, area: JitArea): void {
  const entry = body.local("i32");
  const field = (offset: number): FunctionBody =>
    body.get(entry).memory("i32.load", MODEL_AREA.steadyReads + offset);
  body
    .get(ADDRESS)
    .i32(STEADY_SHIFT - 2)
    .op("i32.shl");
  body
    .i32((STEADY_ENTRIES - 1) << STEADY_SHIFT)
    .op("i32.and")
    .set(entry);
  field(STEADY.address).get(ADDRESS).op("i32.eq");
  field(STEADY.size).get(size).op("i32.eq", "i32.and").begin("if");
  const stall = body.local("i32");
  field(STEADY.stall).set(stall);
  emitAccessStall(body, stall);
  body.i32(0).get(LEFT).memory("i32.store", area.left);
  field(STEADY.value).op("return").end();
}

/** Charges a stall of the access. */
const emitAccessStall = (body: FunctionBody, stall: number): void =>
  emitStall(body, {
    stall,
    counter: COUNTER,
    left: LEFT,
    room: () => body.get(ACCESS_WORD).i32(ROOM_SHIFT).op("i32.shr_u"),
  });

/** Performs an access that a table has, or one to memory with lines, and returns; what is the host's falls through. */
function emitLineAccess(
  body: FunctionBody,
  size: number,
  write: boolean,
  area: JitArea,
  { emit, table, unaligned }: NonNullable<AccessCalls["lines"]>,
): void {
  const [address, left, offset] = [ADDRESS, LEFT, OFFSET];
  const [entry, stall, free] = [body.local("i32"), body.local("i32"), body.local("i32")];
  const now = body.local("f64");
  body.begin("block");
  const byHost = body.depth;
  body.get(size).i32(1).op("i32.sub").get(address).op("i32.and").begin("if");
  if (!write) emitUnalignedLoad(body, size, area, table, unaligned);
  body.branch("br", byHost).end();
  const pages = write ? LAYOUT.writeTable : LAYOUT.readTable;
  body.get(address).i32(PAGE_BITS).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", pages).tee(entry);
  body.i32(SLOW).op("i32.and", "i32.eqz").begin("if");
  body.get(entry);
  emitPlain(body, size, write, area);
  body.end();
  isFreeLine(body, table, free).begin("if");
  body.get(free).memory("i32.load", table.base + LINE_OFFSET);
  emitPlain(body, size, write, area);
  body.end();
  body
    .i32(0)
    .memory("f64.load", area.deadline)
    .get(left)
    .get(offset)
    .op("i32.sub", "f64.convert_i32_s", "f64.sub");
  body.tee(now).get(now).op("f64.floor", "f64.ne").branch("br_if", byHost);
  body.begin("block", "i32");
  const answered = body.depth;
  emit(body, { address, entry, now, write, answer: () => body.branch("br", answered) });
  body.end().tee(stall);
  body.i32(BY_HOST).op("i32.eq").branch("br_if", byHost);
  emitAccessStall(body, stall);
  body
    .get(entry)
    .i32(-1 << PAGE_BITS)
    .op("i32.and");
  emitPlain(body, size, write, area);
  body.end();
}

/** Leaves on the stack whether the table has the line of the address; sets `entry` to the offset of its entry. */
function isFreeLine(
  body: FunctionBody,
  { base, entries, shift }: LineTableLayout,
  entry: number,
): FunctionBody {
  body
    .get(ADDRESS)
    .i32(shift - LINE_ENTRY_SHIFT)
    .op("i32.shr_u");
  body
    .i32((entries - 1) << LINE_ENTRY_SHIFT)
    .op("i32.and")
    .tee(entry)
    .memory("i32.load", base);
  return body
    .get(ADDRESS)
    .i32(-1 << shift)
    .op("i32.and", "i32.eq");
}

/** A load that is not aligned, and returns, where all of it lies in a free page or line; else falls through. */
function emitUnalignedLoad(
  body: FunctionBody,
  size: number,
  area: JitArea,
  table: LineTableLayout,
  { halfword, wordAtByte, wordAtHalfword }: UnalignedLoads,
): void {
  const [entry, stall] = [body.local("i32"), body.local("i32")];
  // Whether all of it lies in one page or line.
  const isWithin = (bits: number): FunctionBody =>
    body
      .get(ADDRESS)
      .i32((1 << bits) - 1)
      .op("i32.and")
      .get(size)
      .op("i32.add")
      .i32(1 << bits)
      .op("i32.le_u");
  const perform = (): void => {
    emitAccessStall(body, stall);
    body.get(entry);
    emitPlain(body, size, false, area);
  };
  body.get(ACCESS_WORD).i32(ACCESS.aligned).op("i32.and", "i32.eqz");
  body
    .i32(0)
    .memory("i32.load", LAYOUT.CCR)
    .i32(CCR.UNALIGN_TRP)
    .op("i32.and", "i32.eqz", "i32.and")
    .begin("if");
  body.i32(halfword);
  body.i32(wordAtByte).i32(wordAtHalfword).get(ADDRESS).i32(1).op("i32.and", "select");
  body.get(size).i32(2).op("i32.eq", "select").set(stall);
  body.get(ADDRESS).i32(PAGE_BITS).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", LAYOUT.readTable);
  body.tee(entry).i32(SLOW).op("i32.and", "i32.eqz");
  isWithin(PAGE_BITS).op("i32.and").begin("if");
  perform();
  body.end();
  const free = body.local("i32");
  isFreeLine(body, table, free);
  isWithin(table.shift).op("i32.and").begin("if");
  body
    .get(free)
    .memory("i32.load", table.base + LINE_OFFSET)
    .set(entry);
  perform();
  body.end().end();
}

/** Performs the access and returns: what is to be added to the address is on the stack. */
function emitPlain(body: FunctionBody, size: number, write: boolean, area: JitArea): void {
  body.get(ADDRESS).op("i32.add").set(ADDRESS);
  body.i32(0).get(LEFT).memory("i32.store", area.left);
  for (const bytes of [4, 2, 1]) {
    body.get(size).i32(bytes).op("i32.eq").begin("if");
    body.get(ADDRESS);
    if (write) body.get(VALUE).memory(STORES[bytes]!, 0);
    else body.memory(LOADS[bytes]!, 0);
    body.op("return").end();
  }
  body.op("unreachable");
}

const LOADS: Readonly<Record<number, Opcode>> = { 1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load" };
const STORES: Readonly<Record<number, Opcode>> = { 1: "i32.store8", 2: "i32.store16", 4: "i32.store" };
