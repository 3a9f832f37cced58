import { type AccessCalls, emitAccess, LOAD_BY_ASSIST, STORE_BY_ASSIST } from "./assist-access.ts";
import { LineAssist, type CacheGeometry } from "./assist-cache.ts";
import { FlashReadAssist, type FlashReads } from "./assist-flash.ts";
import { emitFp32 } from "./assist-fp.ts";
import { emitFetch } from "./assist-fetch.ts";
import { FETCH_BY_ASSIST } from "./fetch-emitter.ts";
import type { FetchAssist } from "../timing/timing.ts";
import { HOST_FUNCTIONS, REGION_SIGNATURE, RESULT } from "./host-functions.ts";
import type { JitArea } from "./jit-area.ts";
import { encodeModule, FunctionBody, type ImportedFunction } from "./wasm-module.ts";

/**
 * Functions that compiled code calls where a timing model changes its state, in wasm themselves since a call of the host
 * takes longer than all they do. They perform what the model's own methods do, on the same words.
 */
interface Assist extends ImportedFunction {
  readonly emit: (body: FunctionBody, models: AssistedModels) => void;
}

/** What the assists work on: data behind a cache or flash buffers, code behind a cache; undefined where the host does. */
export interface AssistedModels {
  readonly lines: CacheGeometry | FlashReads | undefined;
  readonly fetch: FetchAssist | undefined;
  readonly area: JitArea;
}

const assistedLoad = {
  name: "assistedLoad",
  signature: LOAD_BY_ASSIST,
  emit: (body, models) => emitAccess(body, false, models.area, callsOf(models, "read")),
} as const satisfies Assist;

const assistedStore = {
  name: "assistedStore",
  signature: STORE_BY_ASSIST,
  emit: (body, models) => emitAccess(body, true, models.area, callsOf(models, "write")),
} as const satisfies Assist;

const assistedFetch = {
  name: "assistedFetch",
  signature: FETCH_BY_ASSIST,
  emit: (body, models) => emitFetch(body, models, hostIndex("fetch")),
} as const satisfies Assist;

export const ASSISTS = [assistedLoad, assistedStore, assistedFetch] as const;

/** Functions by index in the module of the assists, which imports `HOST_FUNCTIONS` and begins with a bridge to each. */
const callsOf = ({ lines }: AssistedModels, kind: "read" | "write"): AccessCalls => ({
  load: hostIndex("load"),
  store: hostIndex("store"),
  lines: lines && {
    emit: (body, access) => {
      if (lines.kind === "cache") new LineAssist(body, lines, access).emit();
      else new FlashReadAssist(body, lines, access).emit();
    },
    table: lines[kind],
    unaligned: lines.unaligned,
  },
});

/**
 * The module of the functions that regions share, in the order of `SHARED_TYPES`: bridges to the host's functions, then
 * the assists; last what a region calls that leaves to code which is not compiled.
 */
export function encodeAssists(memoryPages: number, models: AssistedModels): Uint8Array {
  const bridges = HOST_FUNCTIONS.map(({ name, signature }, index) => {
    const body = new FunctionBody(signature.params.length);
    if (name === "fp32") emitFp32(body, index);
    else {
      signature.params.forEach((_, i) => body.get(i));
      body.call(index);
    }
    return { signature, body };
  });
  const assists = ASSISTS.map(({ signature, emit }) => {
    const body = new FunctionBody(signature.params.length);
    emit(body, models);
    return { signature, body };
  });
  const stub = { signature: REGION_SIGNATURE, body: new FunctionBody(0).i32(RESULT.left) };
  return encodeModule(memoryPages, HOST_FUNCTIONS, [...bridges, ...assists, stub]);
}

function hostIndex(name: string): number {
  return HOST_FUNCTIONS.findIndex((f) => f.name === name);
}
