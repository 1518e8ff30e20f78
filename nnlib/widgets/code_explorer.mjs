// Move in a latent space of two dimensions and see the digit that the decoder makes of it.
import { forward, mse, readNetwork, readShades, SIDE } from "./net.mjs";
import {
  aDigit,
  asset,
  button,
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

// Ten digits by color and by number, as nnlib.plots draws them.
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
const NEIGHBORS = 15;
const CLICK = 12; // pixels between a click and the digit that it picks
const ON = 0.01; // how far off a point that is picked may be: places have two decimals

// The labels of the nearest latent codes, the commonest first, with their counts.
export function labelsNear(codes, x, y) {
  const near = [...codes]
    .sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))
    .slice(0, NEIGHBORS);
  const counts = new Map();
  for (const { label } of near) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

// The place of the nearest of the latent codes in their list, and how far it is.
export function nearest(codes, x, y) {
  const distances = codes.map((code) => Math.hypot(code.x - x, code.y - y));
  const distance = Math.min(...distances);
  return { at: distances.indexOf(distance), distance };
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
    const originals = readShades(await asset(model, "coded-digits"), SIDE ** 2);
    const decoder = network.slice(network.length / 2);
    const reach = model.get("reach");

    const { canvas: map, redraw } = chart(
      model,
      {
        tabindex: 0,
        role: "application",
        "aria-label": "The latent space: 600 test digits",
        "aria-description": "The arrow keys move the point. Enter goes to the nearest digit.",
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
    const original = picture("nearest test digit");
    const text = liveRegion();
    const limit = (value) => Math.round(Math.min(reach, Math.max(-reach, value)) * 100) / 100;
    const moveTo = (x, y) => set(model, { x: limit(x), y: limit(y) });
    const pick = ({ x, y }) => moveTo(x, y);
    const pickNearest = () => pick(codes[nearest(codes, model.get("x"), model.get("y")).at]);
    onDrag(map, (right, down, first) => {
      const [x, y] = [(2 * right - 1) * reach, (1 - 2 * down) * reach];
      const { at, distance } = nearest(codes, x, y);
      const near = (distance / reach / 2) * map.clientWidth < CLICK;
      if (first && near) pick(codes[at]);
      else moveTo(x, y);
    });
    map.addEventListener("keydown", (event) => event.key === "Enter" && pickNearest());
    onArrowKeys(map, (right, down, far) => {
      const step = (far ? 10 : 1) * 0.05;
      moveTo(model.get("x") + step * right, model.get("y") - step * down);
    });

    const draw = () => {
      const [x, y] = [model.get("x"), model.get("y")];
      redraw();
      const decoded = forward(decoder, [x, y]);
      const { at, distance } = nearest(codes, x, y);
      const { label } = codes[at];
      const picked = distance < ON;
      drawDigit(digit.canvas, decoded);
      drawDigit(original.canvas, originals[at]);
      original.caption.textContent = picked
        ? `test digit ${at}, ${aDigit(label)}`
        : `nearest test digit: ${aDigit(label)}`;
      digit.caption.textContent = picked
        ? `its reconstruction: MSE ${mse(decoded, originals[at]).toFixed(3)}`
        : "decoded digit";
      const [[first, most]] = labelsNear(codes, x, y);
      text.say(
        `Latent code (${decimals(2)(x)}, ${decimals(2)(y)}). Of the ${NEIGHBORS} nearest ` +
          `of the ${codes.length} test digits drawn here, ${most} are ${first}s. ` +
          (picked
            ? `You are on test digit ${at}, ${aDigit(label)}.`
            : `The nearest is ${aDigit(label)}, at a distance of ${distance.toFixed(2)}.`),
      );
    };
    onChange(model, ["x", "y"], draw);
    const range = { min: -reach, max: reach, step: 0.01, format: decimals(2) };
    return [
      element(
        "div",
        { class: "nn-row nn-big" },
        element("figure", {}, map, element("figcaption", {}, "the latent space")),
        element("div", { class: "nn-stack" }, digit.figure, original.figure),
      ),
      element(
        "div",
        { class: "nn-row" },
        slider(model, "x", "first latent value", range),
        slider(model, "y", "second latent value", range),
        button("Go to the nearest digit", pickNearest),
      ),
      text.element,
    ];
  }),
};
