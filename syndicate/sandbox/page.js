const wall = document.getElementById("wall");
const state = document.getElementById("state");
let shown = null;
async function refresh() {
  try {
    const lists = ["/_sandbox/posts", "/_sandbox/deleted"].map(async (list) => (await fetch(list)).text());
    const posts = (await Promise.all(lists)).join("\n");
    if (shown !== null && posts !== shown) {
      const page = await (await fetch("/")).text();
      const fresh = new DOMParser().parseFromString(page, "text/html");
      wall.replaceChildren(...fresh.getElementById("wall").childNodes);
    }
    shown = posts;
    state.textContent = "live, newest first";
  } catch {
    state.textContent = "the sandbox has stopped; this is what it last showed";
  }
  setTimeout(refresh, 2000);
}
refresh();
