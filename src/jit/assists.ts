import { STRONGLY_TAKEN, WEAKLY_TAKEN } from "../timing/branch-predictor.ts";
import type { PredictorTables } from "../timing/timing.ts";
import {
  emitLineAccess,
  LINE_SIGNATURE,
  LineAssist,
  LOAD_LINE,
  STORE_LINE,
  type CacheGeometry,
} from "./assist-cache.ts";
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

/** The models that the assists stand for; absent on a core without them. */
export interface AssistedModels {
  readonly predictor: PredictorTables | undefined;
  readonly cache: CacheGeometry | undefined;
  readonly area: JitArea;
}

/**
 * Branch that goes in a direction not predicted for certain: address of its tag, its tag, taken → whether it was
 * mispredicted. As `BranchPredictor` does for a direction.
 */
const direction = {
  name: "direction",
  signature: { params: ["i32", "i32", "i32"], results: ["i32"] },
  emit: predictorAssist((body, { entries }) => {
    const [entry, tag, taken] = [0, 1, 2];
    const counters = 4 * entries;
    const counter = body.local("i32");
    body.get(entry).memory("i32.load", 0).get(tag).op("i32.ne").begin("if");
    body.get(taken).op("i32.eqz").begin("if").i32(0).op("return").end();
    body.get(entry).get(tag).memory("i32.store", 0);
    body.get(entry).i32(WEAKLY_TAKEN).memory("i32.store", counters);
    body.i32(1).op("return").end();
    body.get(entry).memory("i32.load", counters).set(counter);
    body.get(taken).begin("if");
    body.get(counter).i32(STRONGLY_TAKEN).op("i32.lt_s").begin("if");
    body.get(entry).get(counter).i32(1).op("i32.add").memory("i32.store", counters);
    body.end().else();
    body.get(counter).i32(0).op("i32.gt_s").begin("if");
    body.get(entry).get(counter).i32(1).op("i32.sub").memory("i32.store", counters);
    body.end().end();
    body.get(counter).i32(WEAKLY_TAKEN).op("i32.ge_s").get(taken).op("i32.ne");
  }),
} as const satisfies Assist;

/** Unconditional direct branch that the table does not know: address of its tag, its tag. */
const learn = {
  name: "learn",
  signature: { params: ["i32", "i32"], results: [] },
  emit: predictorAssist(emitLearn),
} as const satisfies Assist;

/** Indirect branch: address of its tag, its tag, target → whether it was mispredicted. */
const lastTarget = {
  name: "lastTarget",
  signature: { params: ["i32", "i32", "i32"], results: ["i32"] },
  emit: predictorAssist((body, tables) => {
    const { entries } = tables;
    const [entry, tag, target] = [0, 1, 2];
    body.get(entry).memory("i32.load", 0).get(tag).op("i32.eq");
    body
      .get(entry)
      .memory("i32.load", 8 * entries)
      .get(target)
      .op("i32.eq", "i32.and");
    body.begin("if").i32(0).op("return").end();
    emitLearn(body, tables);
    body
      .get(entry)
      .get(target)
      .memory("i32.store", 8 * entries);
    body.i32(1);
  }),
} as const satisfies Assist;

const line = {
  name: "line",
  signature: LINE_SIGNATURE,
  emit: (body, { cache }) => {
    if (cache === undefined) body.op("unreachable");
    else new LineAssist(body, cache).emit();
  },
} as const satisfies Assist;

const loadLine = {
  name: "loadLine",
  signature: LOAD_LINE,
  emit: (body, { area }) => emitLineAccess(body, false, area, LINE_CALLS),
} as const satisfies Assist;

const storeLine = {
  name: "storeLine",
  signature: STORE_LINE,
  emit: (body, { area }) => emitLineAccess(body, true, area, LINE_CALLS),
} as const satisfies Assist;

export const ASSISTS = [direction, learn, lastTarget, line, loadLine, storeLine] as const;

/** Functions by index in the module of the assists, which imports `HOST_FUNCTIONS` and begins with a bridge to each. */
const LINE_CALLS = {
  load: hostIndex("load"),
  store: hostIndex("store"),
  line: 2 * HOST_FUNCTIONS.length + ASSISTS.indexOf(line),
} as const;

/**
 * The module of all that regions import, in that order: bridges to the host's functions, since a module that imports a
 * function of the host has to be given glue for it each time, then the assists; last what a region calls that leaves to
 * code which is not compiled.
 */
export function encodeAssists(memoryPages: number, models: AssistedModels): Uint8Array {
  const bridges = HOST_FUNCTIONS.map(({ signature }, index) => {
    const body = new FunctionBody(signature.params.length);
    signature.params.forEach((_, i) => body.get(i));
    body.call(index);
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

function emitLearn(body: FunctionBody, { entries }: PredictorTables): void {
  const [entry, tag] = [0, 1];
  body.get(entry).get(tag).memory("i32.store", 0);
  body
    .get(entry)
    .i32(STRONGLY_TAKEN)
    .memory("i32.store", 4 * entries);
}

function predictorAssist(emit: (body: FunctionBody, tables: PredictorTables) => void): Assist["emit"] {
  return (body, { predictor }) => {
    if (predictor === undefined) body.op("unreachable");
    else emit(body, predictor);
  };
}
