// The path of gradient descent over the loss surface of one weight and one bias.
import {
  chart,
  decimals,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  set,
  slider,
} from "./ui.mjs";

const CELLS = 72;
const LEVELS = 12; // bands of the surface, each a fixed factor above the one below

// The mean squared error of w x + b, from the means of x², x, 1, x t, t and t².
export const lossAt = ({ xx, x, xt, t, tt }, w, b) =>
  w * w * xx + 2 * w * b * x + b * b - 2 * w * xt - 2 * b * t + tt;

// The places that gradient descent passes, the first one included.
export function path(means, [w, b], rate, steps) {
  const places = [[w, b]];
  for (let i = 0; i < steps; i++) {
    const { xx, x, xt, t } = means;
    [w, b] = [w - rate * 2 * (w * xx + b * x - xt), b - rate * 2 * (w * x + b - t)];
    places.push([w, b]);
  }
  return places;
}

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const [means, [w0, w1], [b0, b1]] = [get("means"), get("w_range"), get("b_range")];
    const text = liveRegion();
    const within = (value, low, high) =>
      Math.round(100 * Math.min(high, Math.max(low, value))) / 100;
    const moveTo = (w, b) => set(model, { start: [within(w, w0, w1), within(b, b0, b1)] });

    function surface(context, size) {
      const cell = size / CELLS;
      const lowest = Math.min(
        ...path(means, [0, 0], 0.5, 2000)
          .slice(-1)
          .map(([w, b]) => lossAt(means, w, b)),
      );
      const highest = Math.max(
        ...[w0, w1].flatMap((w) => [b0, b1].map((b) => lossAt(means, w, b))),
      );
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) {
          const w = w0 + ((j + 0.5) / CELLS) * (w1 - w0);
          const b = b1 - ((i + 0.5) / CELLS) * (b1 - b0);
          const height = Math.log(lossAt(means, w, b) / lowest) / Math.log(highest / lowest);
          const band = Math.floor(LEVELS * height) / LEVELS;
          context.fillStyle = `hsl(205 45% ${Math.round(96 - 45 * band)}%)`;
          context.fillRect(j * cell, i * cell, cell + 1, cell + 1);
        }
      }
    }

    const { canvas, redraw } = chart(
      model,
      {
        tabindex: 0,
        role: "application",
        "aria-label": "The loss surface: weight to the right, bias upwards",
        "aria-description": "The arrow keys move the start.",
      },
      (context, size) => {
        const toX = (w) => ((w - w0) / (w1 - w0)) * size;
        const toY = (b) => size - ((b - b0) / (b1 - b0)) * size;
        surface(context, size);
        const places = path(means, get("start"), get("rate"), get("steps"));
        context.strokeStyle = context.fillStyle = "#8c3a00";
        context.lineWidth = 1.5;
        context.beginPath();
        for (const [w, b] of places) context.lineTo(toX(w), toY(b));
        context.stroke();
        places.forEach(([w, b], i) => {
          context.beginPath();
          context.arc(toX(w), toY(b), i ? 3 : 6, 0, 2 * Math.PI);
          context.fill();
        });
      },
    );
    onDrag(canvas, (x, y) => moveTo(w0 + x * (w1 - w0), b1 - y * (b1 - b0)));
    onArrowKeys(canvas, (right, down) => {
      const [w, b] = get("start");
      moveTo(w + 0.05 * right, b - 0.05 * down);
    });
    onChange(model, ["rate", "steps", "start"], () => {
      redraw();
      const places = path(means, get("start"), get("rate"), get("steps"));
      const [first, last] = [places[0], places.at(-1)].map(([w, b]) => lossAt(means, w, b));
      const [w, b] = places.at(-1);
      const number = (value) =>
        Math.abs(value) < 1000 ? value.toFixed(3) : value.toExponential(1);
      text.say(
        `From loss ${number(first)} to ${number(last)} after ${get("steps")} steps, ` +
          `at w = ${number(w)}, b = ${number(b)}.`,
      );
    });
    return [
      element(
        "div",
        { class: "nn-row" },
        slider(model, "rate", "learning rate η", {
          min: 0.01,
          max: 1.1,
          step: 0.01,
          format: decimals(2),
        }),
        slider(model, "steps", "steps", { min: 0, max: 100 }),
      ),
      element(
        "div",
        { class: "nn-row nn-big" },
        element(
          "figure",
          {},
          canvas,
          element("figcaption", {}, "weight w to the right, bias b upwards; light is a low loss"),
        ),
      ),
      text.element,
    ];
  }),
};
