import { EXIT, LAYOUT } from "../core/layout.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { MODEL_AREA } from "../memory/model-area.ts";
import { STEADY, STEADY_ENTRIES, STEADY_SHIFT } from "../memory/steady-reads.ts";
import { BY_HOST } from "./assist-cache.ts";
import type { JitArea } from "./jit-area.ts";
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

/** Functions by index in the module that calls them. */
export interface AccessCalls {
  /** Absent without a cache. */
  readonly line: number | undefined;
  readonly load: number;
  readonly store: number;
}

const [ADDRESS, ACCESS_WORD, PLACE, LEFT, OFFSET, COUNTER, VALUE] = [0, 1, 2, 3, 4, 5, 6];

/** A load or store that neither table has: a steady read at once, else with its stall by `line`, or by the host. */
export function emitAccess(body: FunctionBody, write: boolean, area: JitArea, calls: AccessCalls): void {
  const size = body.local("i32");
  body.get(ACCESS_WORD).i32(7).op("i32.and").set(size);
  if (!write) emitSteadyRead(body, size, area);
  if (calls.line !== undefined) emitLineAccess(body, size, write, area, calls.line);
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
  emitStall(body, stall, area);
  field(STEADY.value).op("return").end();
}

/** As `Progress.stall`: charges, and asks for attention when the block may overrun the next event now. */
function emitStall(body: FunctionBody, stall: number, area: JitArea): void {
  body.get(COUNTER).get(COUNTER).memory("i64.load", 0).get(stall).op("i64.extend_i32_u", "i64.add");
  body.memory("i64.store", 0);
  body.i32(0).get(LEFT).get(stall).op("i32.sub").tee(LEFT).memory("i32.store", area.left);
  body.get(LEFT).get(ACCESS_WORD).i32(ROOM_SHIFT).op("i32.shr_u", "i32.lt_s").begin("if");
  body
    .i32(0)
    .i32(0)
    .memory("i32.load", LAYOUT.exit)
    .i32(EXIT.interrupt)
    .op("i32.or")
    .memory("i32.store", LAYOUT.exit);
  body.end();
}

/** Performs an access to cached memory and returns; what `line` leaves to the host falls through. */
function emitLineAccess(body: FunctionBody, size: number, write: boolean, area: JitArea, line: number): void {
  const [address, left, offset, value] = [ADDRESS, LEFT, OFFSET, VALUE];
  const [entry, stall] = [body.local("i32"), body.local("i32")];
  const now = body.local("f64");
  body.begin("block");
  const byHost = body.depth;
  body.get(size).i32(1).op("i32.sub").get(address).op("i32.and");
  body.branch("br_if", byHost);
  const table = write ? LAYOUT.writeTable : LAYOUT.readTable;
  body.get(address).i32(PAGE_BITS).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", table).set(entry);
  body
    .i32(0)
    .memory("f64.load", area.deadline)
    .get(left)
    .get(offset)
    .op("i32.sub", "f64.convert_i32_s", "f64.sub");
  body.tee(now).get(now).op("f64.floor", "f64.ne").branch("br_if", byHost);
  body
    .get(address)
    .get(entry)
    .get(now)
    .i32(write ? 1 : 0)
    .call(line)
    .tee(stall);
  body.i32(BY_HOST).op("i32.eq").branch("br_if", byHost);
  emitStall(body, stall, area);
  body
    .get(address)
    .get(entry)
    .i32(-1 << PAGE_BITS)
    .op("i32.and", "i32.add")
    .set(address);
  for (const bytes of [1, 2, 4]) {
    body.get(size).i32(bytes).op("i32.eq").begin("if");
    body.get(address);
    if (write) body.get(value).memory(STORES[bytes]!, 0);
    else body.memory(LOADS[bytes]!, 0);
    body.op("return").end();
  }
  body.end();
}

const LOADS: Readonly<Record<number, Opcode>> = { 1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load" };
const STORES: Readonly<Record<number, Opcode>> = { 1: "i32.store8", 2: "i32.store16", 4: "i32.store" };
