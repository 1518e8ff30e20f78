// What a reader changes in JupyterLite is saved in the browser, and hides the notebook of the site
// from then on. Where that notebook has a newer edition, this says so, and gets it.
(async () => {
  const home = new URL(".", document.currentScript.src);
  const path = new URLSearchParams(location.search).get("path");
  const NAME = `JupyterLite Storage - ${home.pathname}`;
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  // Call `act` with the files that are saved in the browser. The connection must not stay open:
  // JupyterLite would wait for it.
  async function withFiles(mode, act) {
    const base = await done(indexedDB.open(NAME));
    base.onversionchange = () => base.close();
    try {
      return await act(base.transaction("files", mode).objectStore("files"));
    } finally {
      base.close();
    }
  }

  if (!path || !(await indexedDB.databases()).some(({ name }) => name === NAME)) return;
  const saved = await withFiles("readonly", (files) => done(files.get(path)));
  if (!saved) return;
  const { metadata } = await (
    await fetch(new URL(`files/${path}`, home), { cache: "no-cache" })
  ).json();
  if (!metadata.nnlib || metadata.nnlib.edition === saved.content?.metadata?.nnlib?.edition) return;

  const kept = path.replace(
    /\.ipynb$/,
    ` (my copy of ${new Date().toISOString().slice(0, 10)}).ipynb`,
  );
  const button = (text, click) => {
    const made = document.createElement("button");
    made.textContent = text;
    made.addEventListener("click", click);
    return made;
  };
  const notice = document.createElement("div");
  notice.className = "nnlib-edition";
  notice.setAttribute("role", "status");
  notice.append(
    "There is a newer edition of this notebook. You see the copy that is saved in this browser. ",
    `If you get the new edition, your copy is kept beside it, as “${kept.split("/").at(-1)}”. `,
    document.createElement("br"),
    button("Get the new edition", async () => {
      await withFiles("readwrite", async (files) => {
        const newest = (await done(files.get(path))) ?? saved; // saved once more, since then
        await done(files.put({ ...newest, name: kept.split("/").at(-1), path: kept }, kept));
        await done(files.delete(path));
      });
      location.reload();
    }),
    button("Keep my copy", () => notice.remove()),
  );
  document.body.append(notice);
})().catch(() => {}); // what is not saved here is not old
