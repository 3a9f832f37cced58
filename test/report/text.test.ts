import { describe, expect, it } from "vitest";

import { judge } from "../../src/report/gate.ts";
import { makeBaseline } from "../../src/report/baseline.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { bar, grouped, kilobytes, milliseconds, percent, renderTable } from "../../src/report/table.ts";
import { renderText } from "../../src/report/text.ts";
import { sampleReport } from "./sample.ts";

describe("the text report", () => {
  it("says what ran, what it cost and what it took", () => {
    expect(renderText(sampleReport())).toMatchInlineSnapshot(`
      "kws.elf on nucleo-f746zg (STM32F746ZGT6, cortex-m7 at 200 MHz (set by the firmware))
        ended         firmware exited with code 0
        cycles        11,000  (0.0550 ms)
        instructions  10,000  (1.100 cycles each)
        cycle model   cortex-m7/1, accuracy not stated: first-cut timing

      Where the cycles go
        cause  cycles   share
        issue  10,000  90.9 %  ##################..
        fetch   1,000   9.1 %  ##..................
        I-cache misses 0, D-cache misses 12

      Layers, with all that they call
        layer  calls  cycles      ms  instructions   MACs  cycles/MAC
        conv1      1  10,100  0.1000        10,000  5,000        2.02

      Functions, by their own cycles
        function     calls  cycles   share  instructions   CPI  mostly
        nn_convolve      1  10,000  90.9 %        10,000  1.00
        main             1   1,000   9.1 %         1,000  1.00

      Memory
        flash  1.2 KB of 1024.0 KB: code 1000 B, constants 200 B, initial data 24 B
        RAM    1.5 KB of 64.0 KB: data 24 B, bss 1000 B, stack 512 B
        region    used     size  share
        DTCM    1.5 KB  64.0 KB  2.3 %  ....................
      "
    `);
  });
  it("tells a wrong answer from a right one, with the scores behind it", () => {
    const classification = {
      label: "no",
      index: 1,
      score: 0.7,
      scores: { yes: 0.25, no: 0.7, up: 0.001 },
      expected: "yes",
      ok: false,
    };
    expect(renderText(sampleReport(10, { classification }))).toMatch(
      /Answer: no \(0\.700\), but "yes" was expected\n {2}then yes 0\.250\n/,
    );
  });
  it("shows faults and notices with how often", () => {
    const text = renderText(
      sampleReport(10, {
        faults: [{ kind: "PRECISERR", cycle: 1234, pc: "0x08000000", message: "it broke" }],
        notices: [{ what: "RCC.CSR (read) is not modelled", times: 1200 }],
      }),
    );
    expect(text).toMatch(
      /fault at cycle 1,234: it broke\n {2}RCC\.CSR \(read\) is not modelled, 1,200 times/,
    );
  });
  it("advises where the cause is plain", () => {
    const stalls = { ...sampleReport().stalls, issue: 3200, fetch: 6800 };
    const text = renderText(sampleReport(10, { cycles: 10_000, stalls }));
    expect(text).toMatch(
      /the instruction cache is off: 68 % of the cycles wait for instructions from memory/,
    );
  });
  it("keeps within 120 columns", () => {
    for (const line of renderText(sampleReport()).split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe("JUnit", () => {
  it("has a case for the run, the answer and each metric, with what XML does not allow escaped", () => {
    const slower = sampleReport(10_100, {
      firmware: { path: 'a<b>&"c".elf', sha256: "" },
      classification: { label: "no", index: 0, score: 1, expected: "yes", ok: false },
    });
    const verdict = judge(makeBaseline(slower), makeBaseline(sampleReport()), []);
    const xml = renderJunit(slower, 3, verdict);
    expect(xml).toMatch(/<testsuites tests="6" failures="2">/);
    expect(xml).toContain('classname="a&lt;b&gt;&amp;&quot;c&quot;.elf" name="run" time="0.000056"/>');
    expect(xml).toMatch(/name="answer is yes".*>\n.*<failure message="answered no"\/>/);
    expect(xml).toMatch(/name="cycles within \+0%".*>\n.*<failure message="11100, baseline 11000"\/>/);
  });
  it("counts a run that broke as a failure", () => {
    const broken = sampleReport(1, {
      stop: { reason: "fault", exitCode: 4, pc: "0x00000000", message: "fault \u0000" },
    });
    expect(renderJunit(broken, 4)).toMatch(/failures="1">[^]*<failure message="fault \?"\/>/);
  });
});

describe("Markdown", () => {
  it("begins with the marker by which a comment is found again", () => {
    expect(renderMarkdown(sampleReport()).split("\n")[0]).toBe("<!-- mcusim report -->");
  });
  it("shows the verdict first, and text that cannot break its tables", () => {
    const report = sampleReport(10_100, { stop: { ...sampleReport().stop, message: "a | b <script>" } });
    const text = renderMarkdown(report, judge(makeBaseline(report), makeBaseline(sampleReport()), []));
    expect(text).toMatch(
      /\*\*Check failed\*\*[^]*\| cycles \| 11,000 \| 11,100 \| \+0% \| regression \|[^]*\| `conv1` \| 10,100 \| 10,200 \|/,
    );
    expect(text).toContain("| ended | a \\| b &lt;script> |");
  });
});

describe("tables", () => {
  it("are as wide as their cells", () => {
    const lines = renderTable(
      [{ title: "a" }, { title: "n", align: "right" }],
      [
        ["long", "1"],
        ["x", "200"],
      ],
      "",
    );
    expect(lines).toEqual(["a       n", "long    1", "x     200"]);
  });
  it("show numbers for people", () => {
    expect([grouped(1234567), grouped(999), grouped(0)]).toEqual(["1,234,567", "999", "0"]);
    expect([percent(1, 8), percent(0, 0)]).toEqual(["12.5 %", "-"]);
    expect([milliseconds(1234.5), milliseconds(12.345), milliseconds(0.12345)]).toEqual([
      "1234.5",
      "12.35",
      "0.1235",
    ]);
    expect([kilobytes(1023), kilobytes(1536)]).toEqual(["1023 B", "1.5 KB"]);
    expect([bar(0.5, 4), bar(2, 4), bar(-1, 4)]).toEqual(["##..", "####", "...."]);
  });
});
