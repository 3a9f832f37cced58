import type { TranslatedInstruction } from "../exec/translate.ts";
import type { Statement } from "../isa/ir.ts";

/** Effects that compiled code performs itself; blocks with any other stay with the handlers. */
const COMPILED_EFFECTS = new Set(["VMSR", "CLREX", "DSB", "DMB", "ISB", "IT"]);

/** Whether all that the instruction does can be done in compiled code. */
export function isCompilable({ decoded, statements }: TranslatedInstruction): boolean {
  return decoded !== undefined && statements.every(isCompilableStatement);
}

function isCompilableStatement(s: Statement): boolean {
  switch (s.k) {
    case "effect":
      return COMPILED_EFFECTS.has(s.effect.name);
    case "value":
      return s.effect.name !== "MRS";
    case "fault":
      return s.when !== null;
    case "if":
      return s.body.every(isCompilableStatement);
    default:
      return true;
  }
}
