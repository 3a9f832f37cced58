import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { infer, int8, loadModel } from "./int8-network.ts";

interface Vector {
  readonly name: string;
  /** base64 of int8[49][10]. */
  readonly features: string;
  readonly scores: readonly number[];
  /** base64 of each layer's output. */
  readonly layers?: Readonly<Record<string, string>>;
}

const directory = new URL("../../firmware/kws/model/", import.meta.url).pathname;
const model = loadModel(`${directory}model.json`);
const recorded = JSON.parse(readFileSync(`${directory}reference_vectors.json`, "utf8")) as {
  readonly interpreter: string;
  readonly vectors: readonly Vector[];
};

describe(`the int8 network in TypeScript equals ${recorded.interpreter}`, () => {
  it.each(recorded.vectors)("$name", ({ features, scores, layers }) => {
    const outputs = infer(model, int8(features));
    model.layers.forEach(({ name }, i) => {
      const expected = layers?.[name];
      if (expected !== undefined) expect([...outputs[i]!], name).toEqual([...int8(expected)]);
    });
    expect([...outputs.at(-1)!]).toEqual(scores);
  });
});
