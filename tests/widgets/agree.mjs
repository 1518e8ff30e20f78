// For tests/widgets/test_widgets.py: reads tasks as JSON, computes them with the widgets' modules.
import { readFileSync } from "node:fs";

import { probabilities } from "../../nnlib/widgets/digit_reader.mjs";
import { readDigits, widths } from "../../nnlib/widgets/live_autoencoder.mjs";
import { judge, quantile, readClaims } from "../../nnlib/widgets/judge.mjs";
import { minimum, path } from "../../nnlib/widgets/descent.mjs";
import { computation } from "../../nnlib/widgets/stepper.mjs";
import { forward, readNetwork } from "../../nnlib/widgets/net.mjs";
import { initialStd, step } from "../../nnlib/widgets/train.mjs";

const bytes = (file) => new Uint8Array(readFileSync(file));
const rows = (file, width) => {
  const all = bytes(file);
  return Array.from({ length: all.length / width }, (_, i) =>
    Float32Array.from(all.subarray(i * width, (i + 1) * width), (value) => value / 255),
  );
};

const TASKS = {
  forward: ({ network, images }) => {
    const layers = readNetwork(bytes(network));
    return rows(images, layers[0].inputs).map((image) => [...forward(layers, image)]);
  },
  decode: ({ network, codes }) => {
    const layers = readNetwork(bytes(network));
    return codes.map((code) => [...forward(layers.slice(layers.length / 2), code)]);
  },
  classify: ({ network, images }) => {
    const layers = readNetwork(bytes(network));
    return rows(images, 784).map((image) => [...probabilities(layers, image)]);
  },
  descend: ({ means, rate, steps, momentum }) => ({
    places: path(means, [0, 0], rate, steps, momentum),
    lowest: minimum(means),
  }),
  train: ({ network, xs, ts, rate, steps }) => {
    let loss;
    for (let i = 0; i < steps; i++) loss = step(network, xs, ts, rate);
    return { loss, network };
  },
  watch: ({ digits, counts, network, latentDim, steps }) => {
    const { train, test, watched } = readDigits(bytes(digits), counts);
    const losses = Array.from({ length: steps }, (_, at) => {
      const batch = train.slice(10 * at, 10 * at + 10);
      return step(network, batch, batch, 20);
    });
    const rest = [train.length, test.length, widths(latentDim)];
    return { losses, outputs: watched.map((image) => [...forward(network, image)]), rest };
  },
  judge: ({ claims, choices }) => {
    const read = readClaims(bytes(claims));
    return choices.map((one) => judge(read, one));
  },
  quantiles: ({ freedoms }) => freedoms.map(quantile),
  start: ({ inputs, outputs, activation }) => initialStd(inputs, outputs, activation),
  compute: ({ values, states }) => states.map((state) => computation({ ...values, ...state })),
};

const tasks = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(tasks.map(({ task, ...given }) => TASKS[task](given))));
