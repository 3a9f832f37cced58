import { resolve } from "node:path";
import { mkdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import type { EvaluationReport } from "../../src/report/evaluation.ts";
import { mcusim, scratch } from "./command.ts";

const ELF = "firmware/kws/prebuilt/kws-nucleo-f746zg.elf";
const BOARD = ["--board", "nucleo-f746zg"];
const files = scratch();

const clip = (name: string): string => resolve(`firmware/kws/clips/${name}.wav`);
/** Three right labels and a wrong one. */
const csv = files.file(
  "clips.csv",
  `file,label\n${clip("yes")},yes\n${clip("no")},no\n${clip("silence")},_silence_\n${clip("stop")},go\n`,
);

/** A WAV file of silence. */
function wav(samples: number): Uint8Array {
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.set([16, 0, 0, 0, 1, 0, 1, 0], 16);
  bytes.writeUInt32LE(16_000, 24);
  bytes.writeUInt32LE(32_000, 28);
  bytes.set([2, 0, 16, 0], 32);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * samples, 40);
  return bytes;
}

const folder = (name: string, content: Readonly<Record<string, Uint8Array | string>>): string => {
  for (const [file, bytes] of Object.entries(content)) {
    mkdirSync(files.path(`${name}/${file}/..`), { recursive: true });
    files.file(`${name}/${file}`, bytes);
  }
  return files.path(name);
};

const reportIn = (file: string): Omit<EvaluationReport, "host"> => {
  const { host, ...rest } = JSON.parse(readFileSync(file, "utf8")) as EvaluationReport;
  expect(host.jobs).toBeGreaterThan(0);
  return rest;
};

describe("mcusim eval", () => {
  it("reports accuracy, confusion and latency; parts merge to the whole", { timeout: 120_000 }, async () => {
    const whole = files.path("whole.json");
    const list = files.path("whole.csv");
    const { code, stdout } = await mcusim(
      ...["eval", ELF, ...BOARD, "--dataset", csv, "--jobs", "1", `--json=${whole}`, "--csv", list],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("Accuracy 75.0 %: 3 of 4");
    expect(stdout).toMatch(/stop\.wav +expected go +answered stop/);
    const report = reportIn(whole);
    expect(report.accuracy).toEqual({ total: 4, correct: 3, top1: 0.75 });
    const { labels, counts } = report.confusion;
    expect(counts[labels.indexOf("go")]![labels.indexOf("stop")]).toBe(1);
    expect(report.classes.map((c) => c.label)).toEqual(["silence", "yes", "no", "go"]);
    expect(report.latency!.cycles.min).toBeGreaterThan(1_000_000);
    expect(readFileSync(list, "utf8").split("\n")).toHaveLength(6);

    const parts = ["1/2", "2/2"].map((part, i) => ({ part, file: files.path(`part${i}.json`) }));
    for (const { part, file } of parts) {
      await mcusim("eval", ELF, ...BOARD, "--dataset", csv, "--jobs", "2", "--shard", part, `--json=${file}`);
    }
    const merged = files.path("merged.json");
    const joined = await mcusim("merge", ...parts.map((p) => p.file), `--json=${merged}`);
    expect(joined.code).toBe(0);
    expect(reportIn(merged)).toEqual(report);
    const twice = await mcusim("merge", parts[0]!.file, parts[0]!.file);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/cannot be merged: both have the input .*\n$/);
  });

  it("fills short clips up, and ends with 3 below --min-accuracy", { timeout: 60_000 }, async () => {
    const dataset = folder("short", { "yes/short.wav": wav(8000) });
    const ended = await mcusim("eval", ELF, ...BOARD, "--dataset", dataset, "--min-accuracy", "50%");
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain("Note: 1 inputs are shorter than audio_clip: filled up with zeros");
    expect(ended.stderr).toBe("mcusim: accuracy 0.00 % is below 50 %\n");
  });

  it.each([
    [["--dataset", "nowhere"], "data set nowhere cannot be read: there is no such file or folder"],
    [[], "--dataset DIR is missing: the inputs"],
    [["--dataset", folder("empty", { "yes/readme.txt": "" })], "has no WAV files"],
    [
      ["--dataset", folder("flac", { "yes/a.flac": "fLaC" })],
      "a.flac is FLAC, WAV is needed: convert it with `ffmpeg",
    ],
    [["--dataset", folder("named", { "yes/a.wav": "fLaC" })], "a.wav is FLAC, WAV is needed"],
    [["--dataset", folder("rate", { "yes/a.wav": "RIFF" })], "this is no WAV file"],
    [
      ["--dataset", folder("bird", { "bird/a.wav": wav(10) })],
      '"bird" is none of the labels silence, unknown',
    ],
    [["--dataset", files.file("bad.csv", "a.wav\n")], "line 1: file,label is wanted"],
    [["--dataset", csv, "--shard", "5/5"], "--shard 5/5: the data set has only 1 inputs"],
    [["--dataset", csv, "--shard", "0/5"], "It must be a part such as 1/4"],
  ])("%j is told in one line", async (options, message) => {
    const { code, stderr } = await mcusim("eval", ELF, ...BOARD, ...options, "--jobs", "1", "--limit", "1");
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("merge refuses what is no report", async () => {
    const { code, stderr } = await mcusim("merge", files.file("other.json", "{}"));
    expect(code).toBe(2);
    expect(stderr).toContain("is not what `mcusim eval --json=FILE` writes");
  });
});
