import type { AnyInsn } from "../insn.ts";
import * as bitfield from "./bitfield.ts";
import * as branch from "./branch.ts";
import * as coprocessor from "./coprocessor.ts";
import * as dataProcessingImmediate from "./data-processing-immediate.ts";
import * as dataProcessingRegister from "./data-processing-register.ts";
import * as divide from "./divide.ts";
import * as fpConvert from "./fp-convert.ts";
import * as fpDataProcessing from "./fp-data-processing.ts";
import * as fpLoadStore from "./fp-load-store.ts";
import * as fpLoadStoreMultiple from "./fp-load-store-multiple.ts";
import * as fpMove from "./fp-move.ts";
import * as load from "./load.ts";
import * as loadStoreDouble from "./load-store-double.ts";
import * as loadStoreExclusive from "./load-store-exclusive.ts";
import * as loadStoreMultiple from "./load-store-multiple.ts";
import * as loadStoreUnprivileged from "./load-store-unprivileged.ts";
import * as multiply from "./multiply.ts";
import * as multiplyDSP from "./multiply-dsp.ts";
import * as packExtend from "./pack-extend.ts";
import * as parallel from "./parallel.ts";
import * as preload from "./preload.ts";
import * as reverse from "./reverse.ts";
import * as saturate from "./saturate.ts";
import * as shift from "./shift.ts";
import * as store from "./store.ts";
import * as system from "./system.ts";

/** Every instruction of Armv7E-M with FPv5; a core's decoder takes those whose feature it has. */
export const TABLE: readonly AnyInsn[] = [
  dataProcessingImmediate,
  dataProcessingRegister,
  shift,
  load,
  store,
  loadStoreUnprivileged,
  loadStoreDouble,
  loadStoreMultiple,
  loadStoreExclusive,
  preload,
  branch,
  multiply,
  multiplyDSP,
  divide,
  saturate,
  parallel,
  packExtend,
  reverse,
  bitfield,
  system,
  fpDataProcessing,
  fpConvert,
  fpMove,
  fpLoadStore,
  fpLoadStoreMultiple,
  coprocessor,
].flatMap((group) => Object.values(group as Record<string, AnyInsn>));
