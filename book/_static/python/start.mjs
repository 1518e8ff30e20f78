// Make a page's code live: its style, its cells, and on the page of an exercise its questions.
import { Page } from "./page.mjs";

export default async function start(site, cells, place) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = `${site.home}page.css`;
  await new Promise((resolve, reject) => {
    style.onload = resolve;
    style.onerror = reject;
    document.head.append(style);
  });
  const page = new Page(site, cells, place);
  const exercise = document.querySelector(
    'head > script[type="application/vnd.nnlib.exercise+json"]',
  );
  if (exercise) {
    const { begin } = await import("./exercise.mjs");
    begin(page, JSON.parse(exercise.textContent));
  }
}
