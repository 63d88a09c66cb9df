const state = document.getElementById("state");
let shown = null;
async function refresh() {
  try {
    const lists = ["/_sandbox/posts", "/_sandbox/deleted"].map(async (list) => (await fetch(list)).text());
    const posts = (await Promise.all(lists)).join("\n");
    if (posts !== shown) {
      const page = await (await fetch("/")).text();
      const fresh = new DOMParser().parseFromString(page, "text/html");
      for (const id of ["about", "wall"]) {
        const [before, after] = [document.getElementById(id), fresh.getElementById(id)];
        if (before.innerHTML !== after.innerHTML) {
          before.replaceChildren(...after.childNodes);
        }
      }
    }
    shown = posts;
    state.textContent = "Live, newest first";
  } catch {
    state.textContent = "The sandbox has stopped; this is what it last showed";
  }
  setTimeout(refresh, 2000);
}
refresh();
