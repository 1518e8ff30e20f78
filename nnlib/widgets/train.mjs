// Training small networks in the page: squared error, gradient descent, as in nnlib.
import { runLayer } from "./net.mjs";

// How large weights start, before an activation: as with nnlib's init="he" for ReLU, and "tanh".
export const initialStd = (inputs, outputs, activation) =>
  activation === "relu" ? Math.sqrt(2 / inputs) : (5 / 3) * Math.sqrt(2 / (inputs + outputs));

// Layers with these widths, an activation between them and a sigmoid at the end. Weights are
// normal, biases 0; `draw` gives numbers in [0, 1).
export function newNetwork(widths, activation, draw) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i];
    const own = i === widths.length - 2 ? "sigmoid" : activation;
    const std = initialStd(inputs, outputs, own);
    return {
      inputs,
      outputs,
      activation: own,
      weight: Float64Array.from({ length: inputs * outputs }, () => std * normal()),
      bias: new Float64Array(outputs),
    };
  });
}

// The slope of each activation, by its output y.
const SLOPES = {
  none: () => 1,
  tanh: (y) => 1 - y * y,
  relu: (y) => Number(y > 0),
  sigmoid: (y) => y * (1 - y),
};

// The mean squared error on rows x with targets t, and its gradients, layer by layer.
export function gradients(network, xs, ts) {
  const grads = network.map(({ weight, bias }) => ({
    weight: new Float64Array(weight.length),
    bias: new Float64Array(bias.length),
  }));
  const count = xs.length * network.at(-1).outputs;
  let loss = 0;
  xs.forEach((x, row) => {
    const outputs = [x];
    for (const layer of network) outputs.push(runLayer(layer, outputs.at(-1)));
    let grad = Array.from(outputs.at(-1), (y, k) => {
      const error = y - ts[row][k];
      loss += (error * error) / count;
      return (2 * error) / count;
    });
    for (let i = network.length - 1; i >= 0; i--) {
      const { weight, outputs: width, activation } = network[i];
      const [input, output, into] = [outputs[i], outputs[i + 1], grads[i].weight];
      const above = grad.map((value, k) => value * SLOPES[activation](output[k]));
      grad = Array(input.length); // plain loops: this is where the time goes
      for (let j = 0, at = 0; j < input.length; j++) {
        const value = input[j];
        let sum = 0;
        for (let k = 0; k < width; k++, at++) {
          into[at] += value * above[k];
          sum += weight[at] * above[k];
        }
        grad[j] = sum;
      }
      above.forEach((value, k) => (grads[i].bias[k] += value));
    }
  });
  return { loss, grads };
}

// One step of gradient descent, in place; returns the loss before it.
export function step(network, xs, ts, rate) {
  const { loss, grads } = gradients(network, xs, ts);
  network.forEach((layer, i) => {
    grads[i].weight.forEach((grad, at) => (layer.weight[at] -= rate * grad));
    grads[i].bias.forEach((grad, at) => (layer.bias[at] -= rate * grad));
  });
  return loss;
}
