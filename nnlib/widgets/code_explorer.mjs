// Move in a latent space of two dimensions and see the digit that the decoder makes of it.
import { forward, readNetwork } from "./net.mjs";
import {
  asset,
  chart,
  decimals,
  drawDigit,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  picture,
  set,
  slider,
} from "./ui.mjs";

// Ten digits by colour and by number: Okabe and Ito's colours, and two greys.
const COLORS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#e69f00",
  "#000000",
  "#8a6d00",
  "#7f7f7f",
  "#5b3a8c",
];
const NEIGHBOURS = 15;

// The labels of the nearest latent codes, the commonest first, with their counts.
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
  render: mount(async (model) => {
    const network = readNetwork(await asset(model, "networks/lesson-code-2"));
    const codes = readCodes(await asset(model, "codes"));
    const decoder = network.slice(network.length / 2);
    const reach = model.get("reach");

    const { canvas: map, redraw } = chart(
      model,
      {
        tabindex: 0,
        role: "application",
        "aria-label": "The latent space: 600 test digits",
        "aria-description": "The arrow keys move the point.",
      },
      (context, size) => {
        const place = (value) => ((value / reach + 1) / 2) * size;
        context.fillStyle = "#fff";
        context.fillRect(0, 0, size, size);
        context.font = `bold ${Math.max(11, Math.round(size / 32))}px sans-serif`;
        context.textAlign = "center";
        context.textBaseline = "middle";
        for (const code of codes) {
          context.fillStyle = COLORS[code.label];
          context.fillText(code.label, place(code.x), size - place(code.y));
        }
        context.strokeStyle = "#000";
        context.lineWidth = 3;
        context.beginPath();
        context.arc(place(model.get("x")), size - place(model.get("y")), 11, 0, 2 * Math.PI);
        context.stroke();
      },
    );
    const digit = picture("decoded digit");
    const text = liveRegion();
    const limit = (value) => Math.round(Math.min(reach, Math.max(-reach, value)) * 100) / 100;
    const moveTo = (x, y) => set(model, { x: limit(x), y: limit(y) });
    onDrag(map, (x, y) => moveTo((2 * x - 1) * reach, (1 - 2 * y) * reach));
    onArrowKeys(map, (right, down, far) => {
      const step = (far ? 10 : 1) * 0.05;
      moveTo(model.get("x") + step * right, model.get("y") - step * down);
    });

    const draw = () => {
      const [x, y] = [model.get("x"), model.get("y")];
      redraw();
      drawDigit(digit.canvas, forward(decoder, [x, y]));
      const [[first, count]] = labelsNear(codes, x, y);
      text.say(
        `Latent code (${decimals(2)(x)}, ${decimals(2)(y)}). Of the ${NEIGHBOURS} nearest ` +
          `of the ${codes.length} test digits drawn here, ${count} are a ${first}.`,
      );
    };
    onChange(model, ["x", "y"], draw);
    const range = { min: -reach, max: reach, step: 0.01, format: decimals(2) };
    return [
      element(
        "div",
        { class: "nn-row nn-big" },
        element("figure", {}, map, element("figcaption", {}, "the latent space")),
        digit.figure,
      ),
      element(
        "div",
        { class: "nn-row" },
        slider(model, "x", "first latent value", range),
        slider(model, "y", "second latent value", range),
      ),
      text.element,
    ];
  }),
};
