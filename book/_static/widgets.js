// Widgets on a page without Python: each module of anywidget gets a model that lives here.
(() => {
  const read = (type) =>
    [...document.querySelectorAll(`script[type="application/vnd.${type}+json"]`)];
  const parse = (script) => JSON.parse(script.textContent);
  const states = Object.assign({}, ...read("jupyter.widget-state").map((s) => parse(s).state));
  const files = Object.assign({}, ...read("nnlib.assets").map(parse));
  const folder = new URL("assets/", document.currentScript.src);

  // A page that was opened from a file may not fetch one, but may run it as a script: each file is
  // there as a script, too, which calls this with its content in base64.
  const waiting = new Map();
  window.nnlibAsset = (name, base64) => waiting.get(name)(`data:;base64,${base64}`);
  const asScript = (name, file) => new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    const script = document.createElement("script");
    script.src = `${file}.js`;
    script.onerror = reject;
    document.head.append(script);
  });

  async function fetchBytes(name) {
    const file = new URL(files[name], folder);
    try {
      const answer = await fetch(file.protocol === "file:" ? await asScript(name, file) : file);
      if (!answer.ok) throw answer;
      return new Uint8Array(await answer.arrayBuffer());
    } catch {
      fetched.delete(name);
      throw new Error(`${files[name]} could not be loaded. Reload the page to try again.`);
    }
  }

  const fetched = new Map();
  function fetchAsset(name) {
    if (!files[name]) return Promise.reject(new Error(`This page has no asset ${name}.`));
    if (!fetched.has(name)) fetched.set(name, fetchBytes(name));
    return fetched.get(name);
  }

  // What a module of anywidget may ask of its model.
  class Model {
    constructor(state) {
      this.state = { ...state, _static: true };
      this.listeners = new Map();
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (Object.is(this.state[name], value)) return;
      this.state[name] = value;
      this.emit(`change:${name}`);
    }
    save_changes() {}
    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    }
    off(event, listener) {
      const kept = (this.listeners.get(event) ?? []).filter((one) => one !== listener);
      this.listeners.set(event, kept);
    }
    emit(event, ...values) {
      for (const listener of this.listeners.get(event) ?? []) listener(...values);
    }
    send({ asset }) {
      fetchAsset(asset).then(
        (bytes) => this.emit("msg:custom", { asset }, [bytes]),
        (error) => this.emit("msg:custom", { asset, error: error.message }, []),
      );
    }
  }

  const modules = new Map(); // of several widgets of a kind, the first brings the module
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url));
    }
    return modules.get(source);
  }

  const models = new Map();
  async function render(id, el) {
    const { state } = states[id];
    if (!models.has(id)) models.set(id, new Model(state));
    if (!document.getElementById(state._anywidget_id)) {
      const style = document.createElement("style");
      style.id = state._anywidget_id;
      style.textContent = state._css;
      document.head.append(style);
    }
    const module = await load(state._esm);
    await module.default.render({ model: models.get(id), el });
  }

  // A widget starts when it is nearly in view.
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      render(target.dataset.model, target).catch((error) => {
        target.textContent = `This part of the page does not work: ${error.message}`;
      });
    }
  }, { rootMargin: "300px" });

  for (const script of read("jupyter.widget-view")) {
    const place = document.createElement("div");
    place.dataset.model = parse(script).model_id;
    const [wide, narrow] = states[place.dataset.model].state._room;
    place.style.minHeight = `${innerWidth < 700 ? narrow : wide}px`;
    script.replaceWith(place);
    seen.observe(place);
  }
})();
