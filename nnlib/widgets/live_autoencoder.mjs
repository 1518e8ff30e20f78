// An autoencoder learns small digits while you watch, in the page itself.
import { across, drawAxes, drawLegend, ticks, up } from "./axes.mjs";
import { forward, mse, random, readShades, SIDE } from "./net.mjs";
import { newNetwork, step } from "./train.mjs";
import {
  asset,
  button,
  chart,
  choice,
  drawDigit,
  element,
  liveRegion,
  mount,
  onChange,
  picture,
  plural,
  set,
} from "./ui.mjs";

const SMALL = SIDE / 2; // pixels of a small digit, each way
const HIDDEN = 32; // units between the pixels and the latent code
const RATE = 20;
const BATCH = 10;
const STEPS_A_POINT = 20; // steps whose mean loss is one point of the curve
const SLICE = 12; // milliseconds of training before the page gets its turn
const SHOWN_EVERY = 100; // milliseconds: pictures cost time, too
const LOSSES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]; // numbers on the axis
const LINES = [
  ["training", "#0072b2"],
  ["test", "#a04000"],
];

// The digits to watch, to test with and to train with, of 14 by 14 pixels.
export function readDigits(bytes, { watched, test }) {
  const digits = readShades(bytes, SMALL ** 2);
  return {
    watched: digits.slice(0, watched),
    test: digits.slice(watched, watched + test),
    train: digits.slice(watched + test),
  };
}

// The widths of its layers, from the pixels to the latent code and back.
export const widths = (latentDim) => [SMALL ** 2, HIDDEN, latentDim, HIDDEN, SMALL ** 2];

// The mean squared error of what `output` makes of each image.
export const meanError = (images, output) =>
  images.reduce((sum, image) => sum + mse(output(image), image), 0) / images.length;

// The mean of images, which is the best that one answer for all of them can be.
export function meanImage(images) {
  const sum = new Float64Array(images[0].length);
  for (const image of images) image.forEach((value, i) => (sum[i] += value));
  return sum.map((value) => value / images.length);
}

// Each pixel four times: a small digit as one of 28 by 28.
const enlarge = (image) =>
  Float32Array.from({ length: SIDE ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / SIDE / 2), Math.floor((i % SIDE) / 2)];
    return image[row * SMALL + column];
  });

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const digits = readDigits(await asset(model, "small-digits"), get("_counts"));
    const stepsAnEpoch = digits.train.length / BATCH;
    const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const average = meanImage(digits.train);
    const reference = meanError(digits.test, () => average);
    let network, draw, order, steps, sum, curves, running;

    const { canvas, redraw } = chart(model, { class: "nn-map nn-plot", role: "img" }, plot);
    const text = liveRegion();
    const run = button("Run", () => {
      if (!running) return start(Infinity);
      pause();
      show();
    });
    const pictures = digits.watched.map((image, digit) => {
      const pair = [picture(`${digit}`), picture(`reconstruction of the ${digit}`)];
      drawDigit(pair[0].canvas, enlarge(image));
      return pair;
    });

    function begin() {
      pause();
      draw = random(get("seed"));
      network = newNetwork(widths(get("latent_dim")), "tanh", draw);
      [steps, sum, order] = [0, 0, []];
      curves = { training: [], test: [[0, meanError(digits.test, (x) => forward(network, x))]] };
      while (steps < get("epochs") * stepsAnEpoch) train();
      show();
    }
    function train() {
      if (!order.length) {
        order = digits.train
          .map((image) => [draw(), image])
          .sort((a, b) => a[0] - b[0])
          .map(([, image]) => image);
      }
      const batch = order.splice(0, BATCH);
      sum += step(network, batch, batch, RATE);
      steps++;
      if (steps % STEPS_A_POINT === 0) {
        curves.training.push([(steps - STEPS_A_POINT / 2) / stepsAnEpoch, sum / STEPS_A_POINT]);
        sum = 0;
      }
      if (steps % stepsAnEpoch === 0) {
        const error = meanError(digits.test, (x) => forward(network, x));
        curves.test.push([steps / stepsAnEpoch, error]);
      }
    }
    // Train up to a number of steps, in slices; a pause ends it.
    function start(last) {
      let shown = performance.now();
      const turn = () => {
        if (running !== turn || model.signal.aborted) return;
        const end = performance.now() + SLICE;
        while (steps < last && performance.now() < end) train();
        if (steps >= last) pause();
        if (steps >= last || (!reducedMotion && end - shown > SHOWN_EVERY)) {
          shown = end;
          show();
        }
        requestAnimationFrame(turn);
      };
      pause();
      running = turn;
      if (last === Infinity) run.textContent = "Pause";
      requestAnimationFrame(turn);
    }
    function pause() {
      running = undefined;
      run.textContent = "Run";
    }
    const oneEpoch = () => start((Math.floor(steps / stepsAnEpoch) + 1) * stepsAnEpoch);

    // The first losses are several times those that follow: the heights are logarithms.
    function plot(context, width, height) {
      const last = Math.max(5, Math.ceil(steps / stepsAnEpoch));
      const losses = [
        reference,
        ...Object.values(curves).flatMap((curve) => curve.map(([, y]) => y)),
      ];
      const range = [Math.min(0.02, 0.9 * Math.min(...losses)), 1.2 * Math.max(...losses)];
      const [toX, toY] = [across([0, last], width), up(range, height, Math.log)];
      const line = (points, color, wide) => {
        context.strokeStyle = color;
        context.lineWidth = wide;
        context.beginPath();
        for (const [epoch, loss] of points) context.lineTo(toX(epoch), toY(loss));
        context.stroke();
      };
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
      const shown = LOSSES.filter((loss) => loss >= range[0] && loss <= range[1]);
      drawAxes(
        context,
        width,
        height,
        ["epochs", toX, ticks([0, last])],
        ["MSE per pixel", toY, shown],
      );
      line(
        [
          [0, reference],
          [last, reference],
        ],
        "#767676",
        1,
      );
      context.fillText("the mean image", width / 2, toY(reference) - 6);
      for (const [name, color] of LINES) line(curves[name], color, 3);
      drawLegend(
        context,
        width,
        LINES.map(([name, color]) => [`— ${name}`, color]),
      );
    }
    function show() {
      pictures.forEach(([, output], digit) => {
        const answer = forward(network, digits.watched[digit]);
        drawDigit(output.canvas, enlarge(answer));
        output.caption.textContent = `MSE ${mse(answer, digits.watched[digit]).toFixed(3)}`;
      });
      redraw();
      const [, error] = curves.test.at(-1);
      const done = Math.floor(steps / stepsAnEpoch);
      const told =
        `After ${plural(done, "epoch")}, the test MSE is ${error.toFixed(3)}; that of the mean ` +
        `image is ${reference.toFixed(3)}.`;
      text.say(steps ? told : `Not trained yet. ${told}`);
      canvas.setAttribute("aria-label", `Training and test loss by epochs. ${told}`);
    }

    onChange(model, ["latent_dim", "seed"], begin);
    return [
      element(
        "div",
        { class: "nn-row" },
        choice(
          model,
          "latent_dim",
          "latent dimension",
          get("_latent_dims").map((value) => [value, String(value)]),
        ),
        run,
        button("One epoch", oneEpoch),
        button("Start again", () => set(model, { seed: get("seed") + 1 })),
      ),
      element(
        "div",
        { class: "nn-ten" },
        ...pictures.map((pair) => element("div", {}, ...pair.map(({ figure }) => figure))),
      ),
      element("figure", {}, canvas),
      text.element,
    ];
  }),
};
