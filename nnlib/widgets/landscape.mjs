// All networks as points, parameters against error; the chosen one reconstructs ten digits.
import { mse, SIDE } from "./net.mjs";
import {
  asset,
  chart,
  choice,
  drawDigit,
  element,
  liveRegion,
  mount,
  onArrowKeys,
  onChange,
  onDrag,
  picture,
  pixels,
  set,
  trouble,
} from "./ui.mjs";

const MARGIN = 48;
const COLORS = { mse: "#0072b2", bce: "#a04000" };

// A function from a value to its place between two others on a logarithmic scale.
export const scale = (values, from, to) => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log);
  return (value) => from + ((Math.log(value) - low) / (high - low)) * (to - from);
};

export default {
  render: mount(async (model) => {
    const get = (name) => model.get(name);
    const points = get("_points").map(([name, loss, size, error, words]) => ({
      name,
      loss,
      size,
      error,
      words,
    }));
    const originals = await asset(model, "ten");
    const image = (bytes, digit) =>
      pixels(bytes.subarray(SIDE * SIDE * digit, SIDE * SIDE * (digit + 1)));
    let places = [];
    const { canvas, redraw } = chart(
      model,
      {
        class: "nn-map nn-plot",
        tabindex: 0,
        role: "application",
        "aria-label": "84 networks as points: parameters to the right, error upwards",
        "aria-description": "The arrow keys go to the next point.",
      },
      (context, width, height) => {
        const toX = scale(
          points.map(({ size }) => size),
          MARGIN + 20,
          width - 30,
        );
        const toY = scale(
          points.map(({ error }) => error),
          height - MARGIN - 15,
          40,
        );
        places = points.map((point) => ({ ...point, x: toX(point.size), y: toY(point.error) }));
        context.fillStyle = "#fff";
        context.fillRect(0, 0, width, height);
        context.font = `${width < 500 ? 12 : 15}px sans-serif`;
        context.fillStyle = "#222";
        context.textAlign = "center";
        context.fillText("parameters, on a logarithmic scale", width / 2, height - 8);
        for (const size of [200000, 500000, 1000000])
          context.fillText(size.toLocaleString("en"), toX(size), height - 28);
        context.textAlign = "left";
        for (const error of [0.01, 0.02, 0.04]) context.fillText(error, 4, toY(error) + 5);
        context.fillText("test MSE per pixel", 4, 18);
        for (const { name, loss, x, y } of places) {
          const chosen = name === get("chosen");
          context.fillStyle = COLORS[loss];
          context.beginPath();
          if (loss === "mse") context.arc(x, y, chosen ? 9 : 5, 0, 2 * Math.PI);
          else
            context.rect(
              x - (chosen ? 8 : 4),
              y - (chosen ? 8 : 4),
              chosen ? 16 : 8,
              chosen ? 16 : 8,
            );
          context.fill();
          if (!chosen) continue;
          context.lineWidth = 3;
          context.strokeStyle = "#000";
          context.stroke();
        }
        context.fillStyle = COLORS.mse;
        context.fillText("● MSE", width - 130, 18);
        context.fillStyle = COLORS.bce;
        context.fillText("■ BCE", width - 66, 18);
      },
    );
    const choose = (point) => point && set(model, { chosen: point.name });
    onDrag(canvas, (x, y) => {
      const away = (point) =>
        Math.hypot(point.x - x * canvas.clientWidth, point.y - y * canvas.clientHeight);
      choose(places.reduce((best, point) => (away(point) < away(best) ? point : best)));
    });
    onArrowKeys(canvas, (right, down) => {
      const now = places.find(({ name }) => name === get("chosen"));
      const ahead = (point) => (point.x - now.x) * right + (point.y - now.y) * down;
      const cost = (point) =>
        Math.hypot(point.x - now.x, point.y - now.y) +
        2 * Math.abs((point.x - now.x) * down - (point.y - now.y) * right);
      const before = places.filter((point) => ahead(point) > 0);
      choose(before.sort((a, b) => cost(a) - cost(b))[0]);
    });
    const text = liveRegion();
    const pictures = Array.from({ length: 10 }, (_, digit) => [
      picture(`${digit}`),
      picture(`reconstruction of the ${digit}`),
    ]);
    pictures.forEach(([original], digit) => drawDigit(original.canvas, image(originals, digit)));

    const status = element("div");
    const ten = element(
      "div",
      { class: "nn-ten" },
      ...pictures.map(([original, output]) => element("div", {}, original.figure, output.figure)),
    );
    async function reconstruct() {
      const { name, words, size, error } = points.find((point) => point.name === get("chosen"));
      text.say(
        `${words}: ${size.toLocaleString("en")} parameters, ` +
          `test MSE ${error.toFixed(4)} on average over the seeds.`,
      );
      const outputs = await asset(model, `copies/${name}`).catch((problem) => problem);
      if (name !== get("chosen")) return;
      const failed = outputs instanceof Error;
      status.replaceChildren(
        ...(failed
          ? [trouble(`Its outputs could not be loaded: ${outputs.message}`, reconstruct)]
          : []),
      );
      pictures.forEach(([, output], digit) => {
        output.figure.hidden = failed; // the outputs of another network
        if (failed) return;
        const [from, to] = [image(originals, digit), image(outputs, digit)];
        drawDigit(output.canvas, to);
        output.caption.textContent = `MSE ${mse(from, to).toFixed(3)}`;
      });
    }
    onChange(model, ["chosen"], () => {
      redraw();
      reconstruct();
    });
    return [
      choice(
        model,
        "chosen",
        "network",
        points.map(({ name, words }) => [name, words]),
      ),
      element("figure", {}, canvas),
      text.element,
      status,
      ten,
    ];
  }),
};
