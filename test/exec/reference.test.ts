import { conformance } from "./conformance.ts";
import { machineFor } from "./harness.ts";

const reference = { name: "reference", machine: () => machineFor("reference") };

conformance(reference, reference);
