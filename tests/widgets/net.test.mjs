import assert from "node:assert/strict";
import test from "node:test";

import { forward, fromHalf, mse, random, readNetwork, runLayer } from "../../nnlib/widgets/net.mjs";

const near = (a, b, least = 1e-12) => assert.ok(Math.abs(a - b) < least, `${a} is not ${b}`);

test("half-precision numbers, each by its definition", () => {
  const known = {
    0x0000: 0,
    0x3c00: 1,
    0xc000: -2,
    0x3555: 0.333251953125,
    0x0001: 2 ** -24,
    0x7bff: 65504,
  };
  for (const [bits, value] of Object.entries(known)) assert.equal(fromHalf(Number(bits)), value);
  assert.equal(fromHalf(0x7c00), Infinity);
  assert.ok(Number.isNaN(fromHalf(0x7e00)));
});

test("a layer is activation(x W + b)", () => {
  const layer = { inputs: 2, outputs: 2, weight: [1, 2, 3, 4], bias: [0.5, -0.5] };
  assert.deepEqual([...runLayer({ ...layer, activation: "none" }, [1, 10])], [31.5, 41.5]);
  near(runLayer({ ...layer, activation: "tanh" }, [0, 0])[0], Math.tanh(0.5));
  near(runLayer({ ...layer, activation: "sigmoid" }, [0, 0])[1], 1 / (1 + Math.exp(0.5)));
  const chances = runLayer({ ...layer, activation: "softmax", bias: [1000, 1001] }, [0, 0]);
  near(chances[0] + chances[1], 1);
  near(chances[1] / chances[0], Math.E, 1e-9);
});

test("a packed network is read as it was written", () => {
  const header = new TextEncoder().encode(
    JSON.stringify([{ inputs: 1, outputs: 2, activation: "none" }]),
  );
  const bytes = new Uint8Array(4 + header.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length, true);
  bytes.set(header, 4);
  [0x3c00, 0xc000, 0x0000, 0x3c00].forEach((bits, i) =>
    view.setUint16(4 + header.length + 2 * i, bits, true),
  );
  const network = readNetwork(bytes);
  assert.deepEqual([...forward(network, [3])], [3, -5]);
});

test("mean squared error", () => near(mse([0, 1], [1, 1]), 0.5));

test("a seed decides the numbers, and they are spread evenly", () => {
  const [one, same, other] = [random(1), random(1), random(2)];
  const numbers = Array.from({ length: 10000 }, one);
  assert.deepEqual(numbers.slice(0, 5), Array.from({ length: 5 }, same));
  assert.notEqual(numbers[0], other());
  near(numbers.reduce((a, b) => a + b) / numbers.length, 0.5, 0.01);
  assert.ok(numbers.every((value) => value >= 0 && value < 1));
});
