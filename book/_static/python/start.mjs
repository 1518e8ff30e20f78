// Make a page's code live: its style, its cells, and on the page of an exercise its questions.
import { begin } from "./exercise.mjs";
import { Page } from "./page.mjs";

const WORDS = {
  starting: "Starting …",
  missing: "The code could not be fetched. Is there still a network? Then press the button again.",
};
const place = document.querySelector(".nn-live");
const button = place.querySelector("button");
const said = place.querySelector("span");
const home = new URL(".", import.meta.url);
const whole = (address) => new URL(address, home).href;

async function json(name) {
  const answer = await fetch(whole(name), { cache: "no-cache" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function style() {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: whole("page.css") });
  document.head.append(link);
  return new Promise((resolve, reject) =>
    Object.assign(link, { onload: resolve, onerror: reject }),
  );
}

async function start() {
  button.disabled = true;
  said.textContent = WORDS.starting;
  try {
    const files = [json("site.json"), json(`cells/${button.dataset.cells}`), style()];
    const [site, cells] = await Promise.all(files);
    const wheels = site.wheels.map(whole);
    const data = { ...site.data, home: whole(site.data.home) };
    const python = whole(site.python);
    const page = new Page({ ...site, home: home.href, python, wheels, data }, cells, place);
    const exercise = document.querySelector(
      'head > script[type="application/vnd.nnlib.exercise+json"]',
    );
    if (exercise) begin(page, JSON.parse(exercise.textContent));
    button.hidden = true;
    said.textContent = "";
  } catch {
    said.textContent = WORDS.missing;
    button.disabled = false;
  }
}

button.addEventListener("click", start);
start();
