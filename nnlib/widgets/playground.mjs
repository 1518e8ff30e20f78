// A small network learns to tell two classes apart while you watch, in the page itself.
import { across, drawAxes, drawLegend, INK, ticks, up } from "./axes.mjs";
import { forward, random } from "./net.mjs";
import { newNetwork, step } from "./train.mjs";
import {
  agree,
  button,
  chart,
  choice,
  decimals,
  element,
  liveRegion,
  mount,
  onChange,
  plural,
  set,
  slider,
} from "./ui.mjs";

const CELLS = 60; // squares of the ground, each way
const COUNT = 200; // points
const BATCH = 10;
const REACH = 1.6; // the picture goes from -REACH to REACH
const CHANCE_LOSS = 0.25; // of the answer one half for every point
const [SHORTEST, FINEST] = [50, 400]; // epochs that the loss curve shows at least; points of it
const [CURVE, EARLIER] = ["#8c3a00", "#767676"];
const EPOCHS_AT_ONCE = 50; // epochs at a time for readers who want no motion

const LINES =
  "The plane of the inputs. Each line is where the input of one unit of the first hidden layer " +
  "is zero.";
const LOSSES = "The mean loss of each epoch, and that of the run before.";

const DATA = {
  xor: (draw) => {
    const [a, b] = [draw() < 0.5, draw() < 0.5];
    const near = (side) => (side ? 0.8 : -0.8) + 0.5 * (draw() - 0.5);
    return [near(a), near(b), Number(a !== b)];
  },
  moons: (draw) => {
    const [angle, label] = [Math.PI * draw(), Number(draw() < 0.5)];
    const scatter = () => 0.3 * (draw() - 0.5);
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return label
      ? [1 - x - 0.5 + scatter(), 0.5 - y - 0.25 + scatter(), 1]
      : [x - 0.5 + scatter(), y - 0.25 + scatter(), 0];
  },
  spirals: (draw) => {
    const [turn, label] = [draw(), Number(draw() < 0.5)];
    const angle = 3 * Math.PI * turn + Math.PI * label;
    const radius = 0.2 + 1.2 * turn;
    return [radius * Math.cos(angle), radius * Math.sin(angle), label];
  },
};

// Points of one kind: inputs and targets.
export function points(kind, seed) {
  const draw = random(seed);
  const rows = Array.from({ length: COUNT }, () => DATA[kind](draw));
  return { xs: rows.map(([x, y]) => [x, y]), ts: rows.map(([, , label]) => [label]) };
}

// One epoch in batches, in a new order; returns the mean loss of the steps.
export function epoch(network, { xs, ts }, rate, draw) {
  const order = xs
    .map((_, i) => [draw(), i])
    .sort((a, b) => a[0] - b[0])
    .map(([, i]) => i);
  let sum = 0;
  for (let at = 0; at < order.length; at += BATCH) {
    const rows = order.slice(at, at + BATCH);
    sum +=
      step(
        network,
        rows.map((i) => xs[i]),
        rows.map((i) => ts[i]),
        rate,
      ) * rows.length;
  }
  return sum / order.length;
}

// How many points are classified correctly: on the correct side of one half.
export const countCorrect = (network, { xs, ts }) =>
  xs.filter((x, i) => forward(network, x)[0] > 0.5 === (ts[i][0] === 1)).length;

// For each unit of the first hidden layer, two points of the line where its input is zero; none for
// a line outside the picture.
export function unitLines(network) {
  if (network.length < 2) return [];
  const { outputs, weight, bias } = network[0];
  return Array.from({ length: outputs }, (_, k) => {
    const [toX, toY] = [weight[k], weight[outputs + k]];
    const size = Math.hypot(toX, toY);
    if (Math.abs(bias[k]) >= 2 * REACH * size) return undefined;
    const [x, y] = [toX, toY].map((part) => (-bias[k] * part) / size ** 2);
    return [-4, 4].map((far) => [x - (far * toY) / size, y + (far * toX) / size]);
  }).filter(Boolean);
}

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let network,
      data,
      draw,
      losses = [],
      earlier = [],
      running = false;

    const { canvas, redraw } = chart(model, { role: "img" }, plane);
    const curve = chart(model, { role: "img" }, lossCurve);
    const text = liveRegion();
    const run = button("Run", () => (running ? pause() : start()));

    function begin() {
      pause();
      data = points(get("data"), 1);
      draw = random(get("seed"));
      const widths = [2, ...Array(get("layers")).fill(get("units")), 1];
      network = newNetwork(get("layers") ? widths : [2, 1], get("activation"), draw);
      if (losses.length) earlier = losses;
      losses = [];
      train(get("epochs") ?? 0); // a still picture shows what comes out
    }
    function train(count) {
      for (let i = 0; i < count; i++) losses.push(epoch(network, data, get("rate"), draw));
      picture();
    }
    function start() {
      running = true;
      run.textContent = "Pause";
      const turn = () => {
        if (!running || model.signal.aborted) return;
        train(reducedMotion ? EPOCHS_AT_ONCE : 1);
        if (reducedMotion) pause();
        else requestAnimationFrame(turn);
      };
      turn();
    }
    function pause() {
      running = false;
      run.textContent = reducedMotion ? `Run ${EPOCHS_AT_ONCE} epochs` : "Run";
    }

    function plane(context, size) {
      const cell = size / CELLS;
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) {
          const at = (index) => REACH * ((2 * (index + 0.5)) / CELLS - 1);
          const [answer] = forward(network, [at(j), -at(i)]);
          const strength = Math.abs(2 * answer - 1);
          const mix = (color) => Math.round(255 + (color - 255) * 0.6 * strength);
          context.fillStyle = `rgb(${(answer > 0.5 ? [230, 159, 0] : [86, 180, 233]).map(mix)})`;
          context.fillRect(j * cell, i * cell, cell + 1, cell + 1);
        }
      }
      const place = (value) => (value / REACH + 1) * (size / 2);
      data.xs.forEach(([x, y], i) => {
        context.beginPath();
        if (data.ts[i][0]) context.rect(place(x) - 3, place(-y) - 3, 6, 6);
        else context.arc(place(x), place(-y), 3.5, 0, 2 * Math.PI);
        context.fillStyle = data.ts[i][0] ? "#8a4b00" : "#00456b";
        context.fill();
      });
      context.strokeStyle = INK;
      context.lineWidth = 1.5;
      for (const ends of unitLines(network)) {
        context.beginPath();
        for (const [x, y] of ends) context.lineTo(place(x), place(-y));
        context.stroke();
      }
    }
    function lossCurve(context, width, height) {
      const rangeX = [0, Math.max(SHORTEST, losses.length, earlier.length)];
      const rangeY = [0, Math.max(CHANCE_LOSS, ...losses, ...earlier)];
      const [toX, toY] = [across(rangeX, width), up(rangeY, height)];
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
      drawAxes(
        context,
        width,
        height,
        ["epochs", toX, ticks(rangeX)],
        ["loss", toY, ticks(rangeY)],
      );
      context.lineWidth = 2;
      for (const [values, color] of [
        [earlier, EARLIER],
        [losses, CURVE],
      ]) {
        const stride = Math.ceil(values.length / FINEST);
        context.strokeStyle = color;
        context.beginPath();
        values.forEach((loss, i) => {
          if (i % stride === 0) context.lineTo(toX(i + 1), toY(loss));
        });
        context.stroke();
      }
      drawLegend(context, width, [
        ["— now", CURVE],
        ...(earlier.length ? [["— before", EARLIER]] : []),
      ]);
    }
    function picture() {
      redraw();
      curve.redraw();
      const correct = countCorrect(network, data);
      const are = agree(correct, "is", "are");
      const hits = `${correct} of ${COUNT} points ${are} classified correctly`;
      const loss = losses.at(-1)?.toFixed(3);
      const epochs = plural(losses.length, "epoch");
      text.say(
        losses.length
          ? `After ${epochs} from seed ${get("seed")}: loss ${loss} during the ` +
              `last one, and now ${hits}.`
          : `Not trained yet, seed ${get("seed")}: ${hits}.`,
      );
      canvas.setAttribute(
        "aria-label",
        `Circles and squares in the plane, and the output of the network at each place. ${hits}.`,
      );
      curve.canvas.setAttribute(
        "aria-label",
        losses.length
          ? `Loss by epoch, from ${losses[0].toFixed(3)} to ${loss} in ${epochs}.`
          : "Loss by epoch: no epoch yet.",
      );
    }

    data = points(get("data"), 1);
    onChange(model, ["data", "layers", "units", "activation", "seed"], begin);
    return [
      element(
        "div",
        { class: "nn-row" },
        choice(model, "data", "points", [
          ["moons", "half-moons"],
          ["xor", "XOR"],
          ["spirals", "spirals"],
        ]),
        choice(model, "activation", "activation", [
          ["tanh", "TanH"],
          ["relu", "ReLU"],
          ["sigmoid", "Sigmoid"],
          ["none", "none: linear"],
        ]),
        slider(model, "layers", "hidden layers", { min: 0, max: 2 }),
        slider(model, "units", "units in each", { min: 1, max: 16 }),
        slider(model, "rate", "learning rate", {
          min: 0.05,
          max: 2,
          step: 0.05,
          format: decimals(2),
        }),
      ),
      element(
        "div",
        { class: "nn-row" },
        run,
        button("One epoch", () => {
          pause();
          train(1);
        }),
        button("Same weights again", begin),
        button("New weights", () => set(model, { seed: get("seed") + 1 })),
      ),
      element(
        "div",
        { class: "nn-row nn-big" },
        element("figure", {}, canvas, element("figcaption", {}, LINES)),
        element("figure", {}, curve.canvas, element("figcaption", {}, LOSSES)),
      ),
      text.element,
    ];
  }),
};
