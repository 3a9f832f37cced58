import type { Awaited, TimelineReason, TimelineRow } from "../runner/timeline.ts";

const hex = (address: number): string => `0x${address.toString(16)}`;

/** Why an instruction takes the cycles that it takes, and why it does not pair; empty when there is nothing to say. */
export function words(row: TimelineRow): string {
  const parts = row.reasons.flatMap((reason) => {
    const text = reasonText(reason, row);
    return text === undefined ? [] : [`${reason.cause} ${reason.cycles}: ${text}`];
  });
  if (row.slot === "folded") parts.push("folded into the instruction before");
  if (row.refusal !== undefined && !explainsItself(row)) parts.push(`not paired: ${REFUSALS[row.refusal]}`);
  return parts.join("; ");
}

/** The wait for operands or for its own fetch is listed with its cycles already. */
function explainsItself({ refusal, reasons }: TimelineRow): boolean {
  return (refusal === "operands" || refusal === "fetch") && reasons.some(({ phase }) => phase === "wait");
}

const REFUSALS = {
  operands: "an operand comes a cycle too late for the younger slot",
  fetch: "not fetched yet",
  bank: "both loads use one bank",
  "fp-shadow": "in the shadow of an FP multiply-accumulate",
  alone: "one of the two issues alone",
  "older-only": "needs the unit of the older slot",
  mac: "MAC busy",
  simd: "SIMD unit busy",
  shifter: "shifter busy",
  store: "store port busy",
  fp: "FPU busy",
  branch: "one branch a cycle",
  "fp-move": "FP move unit busy",
  "mac-store": "a store does not pair with the MAC",
  shift: "the shifter of the older one blocks the inline shifter",
} as const satisfies Record<NonNullable<TimelineRow["refusal"]>, string>;

/** One reason in words; undefined for the issue itself. */
export function reasonText(reason: TimelineReason, row: TimelineRow): string | undefined {
  if (reason.phase === "issue") return undefined;
  if (reason.phase === "hold") return holdText(reason, row);
  const fixed = FIXED[reason.rule];
  if (fixed !== undefined) return fixed;
  const from = reason.awaited.map(awaitedText).join(", ");
  switch (reason.rule) {
    case "rule.dataPhase":
      return from === "" ? "the access before is in its data phase" : `waits for ${from}`;
    case "rule.addressInterlock":
      return `address needs ${from} just before`;
    case "rule.fpResult":
      return from === "" ? "FPU busy" : `waits for ${from}`;
    case "rule.flags":
      return `waits for ${from}`;
    case "rule.fetchToExecute":
      return row.size === 4 && (row.address & 2) !== 0
        ? "halfword-aligned wide, its second word is not there yet"
        : "its word is not there yet";
  }
  const [kind, , consumer = ""] = /^(latency|fp-latency)\.(.+)\.(.+)$/.exec(reason.rule)?.slice(1) ?? [];
  if (kind === undefined) return otherText(reason.rule);
  return `${NEEDS[consumer] ?? "waits for"} ${from}`;
}

const FIXED: Readonly<Record<string, string>> = {
  "rule.storeRun": "write buffer full after a run of stores",
  "rule.loadAfterStore": "waits for the data phase of the store before",
  "rule.loadAfterJump": "a wide load waits for the branch before it to be resolved",
  "rule.storeToLoad": "a store to the same word is still under way",
  "rule.refillHeld": "refill after taken branch, its target fetched while it waited",
  "rule.fetchRefill": "its 64-bit window is not there yet",
  "rule.macShadow": "in the shadow of an FP multiply-accumulate",
  "rule.fmaAfterMac": "fused behind a chained multiply-accumulate",
  "rule.refillDirect": "refill after taken branch",
  "rule.refillRegister": "refill after taken branch through a register",
  "rule.refillLoad": "refill after a load of the PC",
};

/** A class that keeps a unit busy, or a number that has no words of its own: its name, `storeRun` as "store run". */
function otherText(rule: string): string {
  if (rule.startsWith("issue.")) return `unit busy with ${rule.slice("issue.".length)}`;
  return rule.replace(/^rule\./, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const NEEDS: Readonly<Record<string, string>> = {
  address: "address needs",
  shift: "shifter needs",
  early: "early ALU needs",
  store: "store data needs",
  accumulate: "accumulation needs",
  addend: "addend needs",
  sum: "accumulation needs",
};

function awaitedText({ name, writer }: Awaited): string {
  if (writer === undefined) return `${name}, from before this block`;
  const verb = name === "flags" ? "set" : verbOf(writer.timing);
  return `${name}, ${verb} at ${hex(writer.address)}`;
}

function verbOf(timing: string): string {
  if (timing.includes("load")) return "loaded";
  if (timing.startsWith("multiply")) return "multiplied";
  if (timing.endsWith("divide") || timing.endsWith("sqrt")) return "divided";
  return timing.includes("store") ? "written back" : "computed";
}

function holdText({ rule }: TimelineReason, { text }: TimelineRow): string {
  const timing = rule.replace(/^(class|issue)\./, "");
  if (timing.endsWith(".multiple") || timing.endsWith(".double")) return "one access after the other";
  if (timing === "divide") return "divides at least as long; the operands may add more";
  if (timing === "load" || timing === "store") return "its data phase, which nothing overlaps";
  return `${text.split("\t")[0] ?? ""} takes more than a cycle`;
}
