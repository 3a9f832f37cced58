import { conformance, type EngineUnderTest } from "./conformance.ts";
import { machineFor } from "./harness.ts";

const reference: EngineUnderTest = { name: "reference", machine: (board) => machineFor("reference", board) };
const handlers: EngineUnderTest = { name: "handlers", machine: (board) => machineFor("handlers", board) };

conformance(handlers, reference);
