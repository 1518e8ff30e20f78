// What each page does before it is drawn, and once it is there. In a file, since the policy of the
// page lets no script run that stands in the page itself.
(() => {
  // Where a reader blocks site data, asking for it throws, in the theme's scripts as well. What
  // they keep is then kept until the page is left.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].setItem("nnlib", "");
      window[name].removeItem("nnlib");
    } catch {
      const kept = new Map();
      const value = {
        getItem: (key) => kept.get(String(key)) ?? null,
        setItem: (key, value) => kept.set(String(key), String(value)),
        removeItem: (key) => kept.delete(String(key)),
        clear: () => kept.clear(),
      };
      Object.defineProperty(window, name, { configurable: true, value });
    }
  }

  // A look that the reader has chosen must be there at once, or the page flashes.
  const page = document.documentElement;
  for (const name of ["mode", "theme"]) page.dataset[name] = localStorage.getItem(name) || "auto";

  // A page that was opened as a file says so to its style sheet: JupyterLite needs a server.
  if (location.protocol === "file:") page.classList.add("from-file");

  // Paper is white, and nothing on it can be unfolded.
  let before;
  function onPaper(printed) {
    if (printed === Boolean(before)) return;
    if (printed) {
      before = {
        theme: page.dataset.theme,
        folded: document.querySelectorAll("details:not([open])"),
      };
      page.dataset.theme = "light";
    } else page.dataset.theme = before.theme;
    for (const details of before.folded) details.open = printed;
    if (!printed) before = undefined;
  }
  matchMedia("print").addEventListener("change", ({ matches }) => onPaper(matches));
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));

  addEventListener("DOMContentLoaded", () => {
    const press = (button, act) =>
      document.querySelectorAll(button).forEach((one) => one.addEventListener("click", act));
    press(".btn-fullscreen-button", () => toggleFullScreen());
    press("button.btn-download-pdf-button", () => print());
    document.querySelector(".bd-search-container input")?.focus();
  });
})();
