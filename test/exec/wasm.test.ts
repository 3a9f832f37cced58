import { conformance, type EngineUnderTest } from "./conformance.ts";
import { machineFor } from "./harness.ts";

const reference: EngineUnderTest = { name: "reference", machine: (board) => machineFor("reference", board) };
const wasm: EngineUnderTest = { name: "wasm", machine: (board) => machineFor("wasm", board) };

conformance(wasm, reference);
