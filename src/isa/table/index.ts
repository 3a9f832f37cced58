import type { AnyInsn } from "../insn.ts";
import * as dataProcessingImmediate from "./data-processing-immediate.ts";
import * as dataProcessingRegister from "./data-processing-register.ts";
import * as loadStore from "./load-store.ts";
import * as multiply from "./multiply.ts";

/** Every instruction of Armv7E-M with FPv5; a core's decoder takes those whose feature it has. */
export const TABLE: readonly AnyInsn[] = [
  dataProcessingImmediate,
  dataProcessingRegister,
  loadStore,
  multiply,
].flatMap((group) => Object.values(group as Record<string, AnyInsn>));
