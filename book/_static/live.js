// The button that starts Python in a page: it brings what does so (`python/start.mjs`).
(() => {
  const WORDS = {
    file:
      "Python starts only in a page from a server: run “make serve” and open " +
      "http://127.0.0.1:8000, or run the notebook (make lab).",
    missing: "What runs the code could not be fetched. Is there a network? Then press it again.",
  };
  const { src } = document.currentScript;
  const button = document.querySelector(".nn-live button");
  button?.addEventListener("click", function press() {
    const said = button.nextElementSibling;
    if (location.protocol === "file:") said.textContent = WORDS.file;
    else {
      button.disabled = true;
      button.removeEventListener("click", press);
      const script = document.createElement("script");
      script.type = "module";
      script.src = new URL(`python/start.mjs?${Date.now()}`, src); // a module that failed stays so
      script.onerror = () => {
        said.textContent = WORDS.missing;
        button.disabled = false;
        button.addEventListener("click", press);
      };
      document.head.append(script);
    }
  });
})();
