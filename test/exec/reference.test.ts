import { conformance, type EngineUnderTest } from "./conformance.ts";
import { machineFor } from "./harness.ts";

const reference: EngineUnderTest = { name: "reference", machine: (board) => machineFor("reference", board) };

conformance(reference, reference);
