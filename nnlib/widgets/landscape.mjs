// All networks as points, parameters against error; the chosen one copies ten digits.
import { SIDE, mse } from "./net.mjs";
import { asset, choice, dragged, drawDigit, drawn, make, picture, pixels, set, show, spoken, steered } from "./ui.mjs";

const [WIDTH, HEIGHT, MARGIN] = [640, 360, 48];
const COLORS = { mse: "#0072b2", bce: "#a04000" };

// A function from a value to its place between two others on a logarithmic scale.
export const scale = (values, from, to) => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log);
  return (value) => from + ((Math.log(value) - low) / (high - low)) * (to - from);
};

export default {
  render: ({ model, el }) => show(el, async () => {
    const get = (name) => model.get(name);
    const points = get("_points").map(([name, loss, size, error, words]) => ({ name, loss, size, error, words }));
    const ten = await asset(model, "ten");
    const image = (bytes, digit) => pixels(bytes.subarray(SIDE * SIDE * digit, SIDE * SIDE * (digit + 1)));
    const toX = scale(points.map(({ size }) => size), MARGIN + 20, WIDTH - 30);
    const toY = scale(points.map(({ error }) => error), HEIGHT - MARGIN - 15, 20);
    const places = points.map((point) => ({ ...point, x: toX(point.size), y: toY(point.error) }));
    const canvas = make("canvas", {
      width: WIDTH, height: HEIGHT, class: "nn-map nn-plot", tabindex: 0, role: "application",
      "aria-label": "84 networks as points: parameters to the right, error upwards. The arrow keys go to the next point.",
    });
    const choose = (point) => point && set(model, { chosen: point.name });
    dragged(canvas, (x, y) => {
      const away = (point) => Math.hypot(point.x - x * WIDTH, point.y - y * HEIGHT);
      choose(places.reduce((best, point) => (away(point) < away(best) ? point : best)));
    });
    steered(canvas, (right, down) => {
      const now = places.find(({ name }) => name === get("chosen"));
      const ahead = (point) => (point.x - now.x) * right + (point.y - now.y) * down;
      const cost = (point) => Math.hypot(point.x - now.x, point.y - now.y) + 2 * Math.abs((point.x - now.x) * down - (point.y - now.y) * right);
      const before = places.filter((point) => ahead(point) > 0);
      choose(before.sort((a, b) => cost(a) - cost(b))[0]);
    });
    const text = spoken();
    const pictures = Array.from({ length: 10 }, (_, digit) => [picture(`${digit}`), picture(`copy of the ${digit}`)]);
    pictures.forEach(([original], digit) => drawDigit(original.canvas, image(ten, digit)));

    drawn(model, ["chosen"], async () => {
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, WIDTH, HEIGHT);
      context.font = "15px sans-serif";
      context.fillStyle = "#222";
      context.textAlign = "center";
      context.fillText("parameters (each step to the right is a factor)", WIDTH / 2, HEIGHT - 8);
      for (const size of [200000, 500000, 1000000]) context.fillText(size.toLocaleString("en"), toX(size), HEIGHT - 28);
      context.textAlign = "left";
      for (const error of [0.01, 0.02, 0.04]) context.fillText(error, 4, toY(error) + 5);
      context.fillText("test MSE per pixel", 4, 14);
      for (const { name, loss, x, y } of places) {
        const chosen = name === get("chosen");
        context.fillStyle = COLORS[loss];
        context.beginPath();
        if (loss === "mse") context.arc(x, y, chosen ? 9 : 5, 0, 2 * Math.PI);
        else context.rect(x - (chosen ? 8 : 4), y - (chosen ? 8 : 4), chosen ? 16 : 8, chosen ? 16 : 8);
        context.fill();
        if (!chosen) continue;
        context.lineWidth = 3;
        context.strokeStyle = "#000";
        context.stroke();
      }
      context.fillStyle = COLORS.mse;
      context.fillText("● MSE", WIDTH - 150, 18);
      context.fillStyle = COLORS.bce;
      context.fillText("■ BCE", WIDTH - 80, 18);

      const { name, words, size, error } = places.find((point) => point.name === get("chosen"));
      text.say(`${words}: ${size.toLocaleString("en")} parameters, test MSE ${error.toFixed(4)} on average over the seeds.`);
      try {
        const copies = await asset(model, `copies/${name}`);
        if (name !== get("chosen")) return;
        pictures.forEach(([, copy], digit) => {
          const [from, to] = [image(ten, digit), image(copies, digit)];
          drawDigit(copy.canvas, to);
          copy.caption.textContent = `L ${mse(from, to).toFixed(3)}`;
        });
      } catch (problem) {
        text.say(problem.message);
      }
    });
    return [
      choice(model, "chosen", "network", points.map(({ name, words }) => [name, words])),
      make("figure", {}, canvas),
      text.element,
      make("div", { class: "nn-ten" }, ...pictures.map(([original, copy]) => make("div", {}, original.figure, copy.figure))),
    ];
  }),
};
