// The path of gradient descent over the loss surface of one weight and one bias.
import { across, drawAxes, drawLegend, INK, ticks, up } from "./axes.mjs";
import {
  button,
  chart,
  decimals,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  plural,
  set,
  slider,
} from "./ui.mjs";

const CELLS = 72;
const LEVELS = 12; // bands of the surface, each a fixed factor above the one below
const PATH = { symbol: "●", color: "#8c3a00" };
const KEPT = { symbol: "■", color: "#4b0082" };
const SURFACE = "The stronger the blue, the higher the loss.";
const HYPERPARAMETERS = ["rate", "momentum", "steps", "start"];

// The mean squared error of w x + b, from the means of x², x, 1, x t, t and t².
export const lossAt = ({ xx, x, xt, t, tt }, w, b) =>
  w * w * xx + 2 * w * b * x + b * b - 2 * w * xt - 2 * b * t + tt;

// The lowest place of the loss; of many, if x never changes, the one with w = 0.
export function minimum({ xx, x, xt, t }) {
  const variance = xx - x * x;
  const w = variance > 0 ? (xt - x * t) / variance : 0;
  return [w, t - w * x];
}

// The places that gradient descent passes, the first one included.
export function path(means, [w, b], rate, steps, momentum = 0) {
  const places = [[w, b]];
  const { xx, x, xt, t } = means;
  let [toW, toB] = [0, 0]; // the velocity
  for (let i = 0; i < steps; i++) {
    toW = momentum * toW + 2 * (w * xx + b * x - xt);
    toB = momentum * toB + 2 * (w * x + b - t);
    [w, b] = [w - rate * toW, b - rate * toB];
    places.push([w, b]);
  }
  return places;
}

const shown = (value) => (Math.abs(value) < 1000 ? value.toFixed(3) : value.toExponential(1));
const at = ([w, b]) => `w = ${shown(w)}, b = ${shown(b)}`;

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const [means, rangeW, rangeB] = [get("means"), get("w_range"), get("b_range")];
    const text = liveRegion();
    const first = Object.fromEntries(HYPERPARAMETERS.map((name) => [name, get(name)]));
    const pathOf = ({ start, rate, steps, momentum }) => path(means, start, rate, steps, momentum);
    const now = () => Object.fromEntries(HYPERPARAMETERS.map((name) => [name, get(name)]));
    const kept = () => (get("kept").start ? get("kept") : undefined);
    const within = (value, [low, high]) =>
      Math.round(100 * Math.min(high, Math.max(low, value))) / 100;
    const moveTo = (w, b) => set(model, { start: [within(w, rangeW), within(b, rangeB)] });
    const lowest = minimum(means);

    function surface(context, toX, toY) {
      const corners = rangeW.flatMap((w) => rangeB.map((b) => lossAt(means, w, b)));
      const highest = Math.max(...corners);
      const floor = Math.max(lossAt(means, ...lowest), 1e-6 * highest); // it may be 0
      const [left, top] = [toX(rangeW[0]), toY(rangeB[1])];
      const [width, height] = [toX(rangeW[1]) - left, toY(rangeB[0]) - top];
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) {
          const w = rangeW[0] + ((j + 0.5) / CELLS) * (rangeW[1] - rangeW[0]);
          const b = rangeB[1] - ((i + 0.5) / CELLS) * (rangeB[1] - rangeB[0]);
          const loss = Math.max(lossAt(means, w, b), floor);
          const band = Math.floor((LEVELS * Math.log(loss / floor)) / Math.log(highest / floor));
          context.fillStyle = `hsl(205 60% ${Math.round(96 - (26 * band) / LEVELS)}%)`;
          const [x, y] = [left + (j * width) / CELLS, top + (i * height) / CELLS];
          context.fillRect(x, y, width / CELLS + 1, height / CELLS + 1);
        }
      }
    }

    function draw(context, places, { color }, mark) {
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = 1.5;
      context.beginPath();
      for (const place of places) context.lineTo(...place);
      context.stroke();
      places.forEach(([x, y], i) => {
        context.beginPath();
        mark(x, y, i ? 3 : 6);
        context.fill();
      });
    }

    const { canvas, redraw } = chart(
      model,
      {
        tabindex: 0,
        role: "application",
        "aria-label": "The loss surface: weight to the right, bias upwards",
        "aria-description": "The arrow keys move the start.",
      },
      (context, width, height) => {
        const [toX, toY] = [across(rangeW, width), up(rangeB, height)];
        surface(context, toX, toY);
        const places = (one) => pathOf(one).map(([w, b]) => [toX(w), toY(b)]);
        const square = (x, y, r) => context.rect(x - r, y - r, 2 * r, 2 * r);
        const circle = (x, y, r) => context.arc(x, y, r, 0, 2 * Math.PI);
        if (kept()) draw(context, places(kept()), KEPT, square);
        draw(context, places(now()), PATH, circle);
        context.fillStyle = INK;
        context.font = "bold 20px sans-serif";
        context.textAlign = "center";
        context.fillText("×", toX(lowest[0]), toY(lowest[1]) + 7);
        drawAxes(
          context,
          width,
          height,
          ["weight w", toX, ticks(rangeW)],
          ["bias b", toY, ticks(rangeB)],
        );
        drawLegend(context, width, [
          [`${PATH.symbol} now`, PATH.color],
          ...(kept() ? [[`${KEPT.symbol} kept`, KEPT.color]] : []),
          ["× minimum", INK],
        ]);
      },
    );
    onDrag(canvas, (x, y) =>
      moveTo(
        across(rangeW, canvas.clientWidth).back(x * canvas.clientWidth),
        up(rangeB, canvas.clientHeight).back(y * canvas.clientHeight),
      ),
    );
    onArrowKeys(canvas, (right, down) => {
      const [w, b] = get("start");
      moveTo(w + 0.05 * right, b - 0.05 * down);
    });
    const caption = element("figcaption");
    onChange(model, [...HYPERPARAMETERS, "kept"], () => {
      redraw();
      const ends = (one) => {
        const places = pathOf(one);
        const [from, to] = [places[0], places.at(-1)].map((place) => lossAt(means, ...place));
        return { from: shown(from), to: shown(to), last: places.at(-1) };
      };
      const { from, to, last } = ends(now());
      text.say(
        `From loss ${from} to ${to} after ${plural(get("steps"), "step")}, at ${at(last)}.` +
          (kept() ? ` The kept path ends at loss ${ends(kept()).to}.` : ""),
      );
      const told = ({ rate, momentum, steps }) =>
        `learning rate ${decimals(2)(rate)}, momentum ${decimals(2)(momentum)}, ` +
        plural(steps, "step");
      caption.textContent =
        `${SURFACE} ${PATH.symbol} ${told(now())}. ` +
        (kept() ? `${KEPT.symbol} kept: ${told(kept())}. ` : "") +
        `× the minimum: loss ${shown(lossAt(means, ...lowest))} at ${at(lowest)}.`;
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
        slider(model, "momentum", "momentum μ", {
          min: 0,
          max: 0.95,
          step: 0.05,
          format: decimals(2),
        }),
        slider(model, "steps", "steps", { min: 0, max: 100 }),
      ),
      element(
        "div",
        { class: "nn-row" },
        button("Keep this path", () => set(model, { kept: now() })),
        button("Reset", () => set(model, { ...first, kept: {} })),
      ),
      element("div", { class: "nn-row nn-big" }, element("figure", {}, canvas, caption)),
      text.element,
    ];
  }),
};
