import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { readWorkload } from "../../src/runner/workload-file.ts";

const output = { symbol: "scores", type: "int8", length: 2 };

describe("workload files", () => {
  it("the one of the keyword spotter is read", () => {
    const text = readFileSync("firmware/kws/prebuilt/kws.workload.yaml", "utf8");
    const workload = readWorkload(parse(text), "kws.workload.yaml");
    expect(workload.input).toEqual({ symbol: "audio_clip", format: "wav", type: "int16", length: 16_000 });
    expect(workload.labels).toHaveLength(12);
    expect(workload.labels?.[8]).toBe("on");
    expect(workload.layers?.map((l) => l.name)).toContain("pw4");
    expect(workload.expect).toEqual({ label: "yes" });
  });
  it("takes labels as they are written, whatever YAML makes of them", () => {
    expect(readWorkload({ labels: [true, 7, "go"] }, "w").labels).toEqual(["true", "7", "go"]);
  });
  it("an empty mapping asks for nothing", () => {
    expect(readWorkload({}, "w")).toEqual({});
  });
  it.each<[unknown, RegExp]>([
    [null, /^workload file w: it must have entries/],
    [[], /it must have entries/],
    [{ outptu: {} }, /outptu is not known; did you mean output\?/],
    [{ output: { ...output, zeropoint: 1 } }, /output\.zeropoint is not known; did you mean zeroPoint\?/],
    [{ output: { ...output, type: "int4" } }, /output\.type must be one of int8, uint8/],
    [{ output: { ...output, length: 0 } }, /output\.length must be a whole number from 1/],
    [{ output: { ...output, length: 1e9 } }, /output\.length must be a whole number/],
    [{ output: { ...output, scale: "x" } }, /output\.scale must be a number/],
    [{ output, labels: ["a"] }, /labels has 1 names for 2 outputs/],
    [{ labels: [{}] }, /labels\[0\] must be a name/],
    [
      { input: { symbol: "a", format: "wav", type: "int8", length: 1 } },
      /input\.type must be int16 for format wav/,
    ],
    [{ measure: { function: "f", from: "g" } }, /measure has both function and from or to/],
    [{ measure: { from: "g" } }, /measure\.to must be a name/],
    [{ layers: {} }, /layers must be a list/],
    [{ layers: [{ name: "a" }] }, /layers\[0\]\.function must be a name/],
    [{ layers: [{ name: "a", function: "f", call: 0 }] }, /layers\[0\]\.call must be a whole number from 1/],
    [{ labels: ["a"], expect: { label: "b" } }, /expect\.label "b" is none of the labels a/],
  ])("refuses %j", (value, message) => {
    expect(() => readWorkload(value, "w")).toThrow(message);
  });
});
