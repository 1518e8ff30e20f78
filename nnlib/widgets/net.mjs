// Dense networks in the page: what nnlib's Linear, TanH, Sigmoid and Softmax do, for one row.

export const SIDE = 28; // pixels of an image, each way

// A network as nnlib.widgets.assets packs it: the length of a header, the header (JSON, a list of
// layers), then the weights and biases of each layer as float16.
export function readNetwork(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let place = 4 + length;
  const take = (count) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++, place += 2) values[i] = HALVES[view.getUint16(place, true)];
    return values;
  };
  return header.map((layer) => ({
    ...layer,
    weight: take(layer.inputs * layer.outputs),
    bias: take(layer.outputs),
  }));
}

// The number behind the 16 bits of a half-precision float.
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

// All 65,536 of them: a network is read several times as fast by looking them up.
const HALVES = Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromHalf(bits));

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const ACTIVATIONS = {
  none: (z) => z,
  tanh: (z) => z.map(Math.tanh),
  relu: (z) => z.map((value) => Math.max(0, value)),
  sigmoid: (z) => z.map(sigmoid),
  softmax: (z) => {
    const most = Math.max(...z);
    const powers = z.map((score) => Math.exp(score - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  },
};

// The output of one layer: activation(x @ weight + bias). A pixel of paper is 0 and costs nothing.
export function runLayer(layer, x) {
  const { inputs, outputs, weight, bias, activation } = layer;
  const z = Float64Array.from(bias);
  for (let i = 0; i < inputs; i++) {
    const value = x[i];
    if (value === 0) continue;
    for (let j = 0, at = i * outputs; j < outputs; j++, at++) z[j] += value * weight[at];
  }
  return ACTIVATIONS[activation](z);
}

// The output of a network: all of its layers, one after the other.
export function forward(network, x) {
  return network.reduce((values, layer) => runLayer(layer, values), x);
}

// Mean squared error per pixel.
export function mse(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

// Images in 16 shades, of which a byte holds two pixels, as numbers from 0 to 1.
export function readShades(bytes, pixels) {
  const half = pixels / 2;
  return Array.from({ length: bytes.length / half }, (_, row) =>
    Float64Array.from({ length: pixels }, (_, i) => {
      const byte = bytes[row * half + (i >> 1)];
      return (i % 2 ? byte & 15 : byte >> 4) / 15;
    }),
  );
}

// A generator of numbers in [0, 1) that a seed decides (Tommy Ettinger's mulberry32).
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
