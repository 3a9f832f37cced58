import type { AnyInsn } from "../insn.ts";
import * as dataProcessingImmediate from "./data-processing-immediate.ts";
import * as dataProcessingRegister from "./data-processing-register.ts";
import * as load from "./load.ts";
import * as loadStoreDouble from "./load-store-double.ts";
import * as loadStoreMultiple from "./load-store-multiple.ts";
import * as loadStoreUnprivileged from "./load-store-unprivileged.ts";
import * as multiply from "./multiply.ts";
import * as shift from "./shift.ts";
import * as store from "./store.ts";

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
  multiply,
].flatMap((group) => Object.values(group as Record<string, AnyInsn>));
