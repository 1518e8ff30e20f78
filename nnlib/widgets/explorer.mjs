// Move in a code of two numbers and see the digit that the decoder makes of it.
import { forward, readNetwork } from "./net.mjs";
import { asset, drawDigit, drawn, dragged, make, picture, set, show, slider, spoken, steered } from "./ui.mjs";

const SIZE = 480; // pixels of the map, before the page scales it
// Ten digits by colour and by number: Okabe and Ito's colours, and two greys.
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#8a6d00", "#7f7f7f", "#5b3a8c"];
const NEIGHBOURS = 15;

// The labels of the nearest codes, the commonest first, with their counts.
export function labelsNear(codes, x, y) {
  const near = [...codes]
    .sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))
    .slice(0, NEIGHBOURS);
  const counts = new Map();
  for (const { label } of near) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

// Rows of label, x, y.
export function readCodes(bytes) {
  const numbers = new Float32Array(bytes.slice().buffer);
  return Array.from({ length: numbers.length / 3 }, (_, i) => {
    const [label, x, y] = numbers.subarray(3 * i, 3 * i + 3);
    return { label, x, y };
  });
}

export default {
  render: ({ model, el }) => show(el, async () => {
    const network = readNetwork(await asset(model, "networks/lesson-code-2"));
    const codes = readCodes(await asset(model, "codes"));
    const decoder = network.slice(network.length / 2);
    const reach = model.get("reach");
    const place = (value) => ((value / reach + 1) / 2) * SIZE;

    const map = make("canvas", {
      width: SIZE, height: SIZE, class: "nn-digit nn-map", tabindex: 0, role: "application",
      "aria-label": "The code: 600 test digits. The arrow keys move the point.",
    });
    const digit = picture("decoded digit");
    const text = spoken();
    const limit = (value) => Math.round(Math.min(reach, Math.max(-reach, value)) * 100) / 100;
    const moveTo = (x, y) => set(model, { x: limit(x), y: limit(y) });
    dragged(map, (x, y) => moveTo((2 * x - 1) * reach, (1 - 2 * y) * reach));
    steered(map, (right, down, far) => {
      const step = (far ? 10 : 1) * 0.05;
      moveTo(model.get("x") + step * right, model.get("y") - step * down);
    });

    const draw = () => {
      const [x, y] = [model.get("x"), model.get("y")];
      const context = map.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, SIZE, SIZE);
      context.font = "bold 15px sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const code of codes) {
        context.fillStyle = COLORS[code.label];
        context.fillText(code.label, place(code.x), SIZE - place(code.y));
      }
      context.strokeStyle = "#000";
      context.lineWidth = 3;
      context.beginPath();
      context.arc(place(x), SIZE - place(y), 11, 0, 2 * Math.PI);
      context.stroke();
      drawDigit(digit.canvas, forward(decoder, [x, y]));
      const [[first, count]] = labelsNear(codes, x, y);
      text.say(`Code (${x.toFixed(2)}, ${y.toFixed(2)}). Of the ${NEIGHBOURS} nearest test digits, ${count} are a ${first}.`);
    };
    drawn(model, ["x", "y"], draw);
    const range = { min: -reach, max: reach, step: 0.01, show: (value) => value.toFixed(2) };
    return [
      make("div", { class: "nn-row nn-big" }, make("figure", {}, map, make("figcaption", {}, "the code")), digit.figure),
      make("div", { class: "nn-row" }, slider(model, "x", "first number", range), slider(model, "y", "second number", range)),
      text.element,
    ];
  }),
};
