// For tests/widgets/test_widgets.py: reads tasks as JSON, computes them with the widgets' modules.
import { readFileSync } from "node:fs";

import { probabilities } from "../../nnlib/widgets/digit_reader.mjs";
import { path } from "../../nnlib/widgets/descent.mjs";
import { judge, quantile, readClaims } from "../../nnlib/widgets/judge.mjs";
import { computation } from "../../nnlib/widgets/stepper.mjs";
import { forward, readNetwork } from "../../nnlib/widgets/net.mjs";
import { step } from "../../nnlib/widgets/train.mjs";

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
  descend: ({ means, rate, steps }) => path(means, [0, 0], rate, steps),
  train: ({ network, xs, ts, rate, steps }) => {
    let loss;
    for (let i = 0; i < steps; i++) loss = step(network, xs, ts, rate);
    return { loss, network };
  },
  judge: ({ claims, choices }) => {
    const read = readClaims(bytes(claims));
    return choices.map((one) => judge(read, one));
  },
  quantiles: ({ freedoms }) => freedoms.map(quantile),
  compute: ({ values, states }) => states.map((state) => computation({ ...values, ...state })),
};

const tasks = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(tasks.map(({ task, ...given }) => TASKS[task](given))));
