// What the builder leaves out for those who hear a page or have no mouse: the name of the search, and tables that a
// keyboard can scroll.
document.querySelector(".md-search").setAttribute("aria-label", "Search");
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
new MutationObserver(watch).observe(document.querySelector(".md-content"), { childList: true, subtree: true });
watch();

function watch() {
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap")) wide.observe(table);
}
