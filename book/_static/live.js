// The button that starts Python in a page. All that it needs is fetched when it is pressed.
(() => {
  const WORDS = {
    starting: "Starting …",
    file:
      "Python starts only in a page that comes from a server: run “make serve” and open " +
      "http://127.0.0.1:8000, or run the notebook (make lab).",
    missing:
      "What runs the code could not be fetched. Is there still a network? Then press the button again.",
  };
  const place = document.querySelector(".nn-live");
  if (!place) return;
  const button = place.querySelector("button");
  const said = place.querySelector("span");

  async function json(address) {
    const answer = await fetch(address, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    return [await answer.json(), answer.url];
  }

  button.addEventListener("click", async () => {
    if (location.protocol === "file:") {
      said.textContent = WORDS.file;
      return;
    }
    button.disabled = true;
    said.textContent = WORDS.starting;
    try {
      const [[site, url], [cells]] = await Promise.all(
        [button.dataset.site, button.dataset.cells].map(json),
      );
      // Addresses in it are as seen from the file itself.
      const whole = (address) => new URL(address, url).href;
      const { default: start } = await import(whole("start.mjs"));
      await start(
        {
          ...site,
          home: whole("."),
          python: whole(site.python),
          wheels: site.wheels.map(whole),
          data: { ...site.data, home: whole(site.data.home) },
        },
        cells,
        place,
      );
      button.hidden = true;
      said.textContent = "";
    } catch {
      said.textContent = WORDS.missing;
      button.disabled = false;
    }
  });
})();
