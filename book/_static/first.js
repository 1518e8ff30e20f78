// What each page does before it is drawn, and once it is there. In a file, since the policy of the
// page lets no script run that stands in the page itself.
(() => {
  // A look that the reader has chosen must be there at once, or the page flashes.
  const page = document.documentElement;
  for (const name of ["mode", "theme"]) page.dataset[name] = localStorage.getItem(name) || "auto";

  // A page that was opened as a file says so to its style sheet: JupyterLite needs a server.
  if (location.protocol === "file:") page.classList.add("from-file");

  addEventListener("DOMContentLoaded", () => {
    const press = (button, act) =>
      document.querySelectorAll(button).forEach((one) => one.addEventListener("click", act));
    press(".btn-fullscreen-button", () => toggleFullScreen());
    press(".btn-download-pdf-button", () => print());
    document.querySelector(".bd-search-container input")?.focus();
  });
})();
