// What is wrong with the layout of the page as it is now, a line each: what is wider than the window, and controls
// that lie outside of it or under something else.
() => {
  const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const faults = [];
  const root = document.scrollingElement;
  const width = document.documentElement.clientWidth;
  const name = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map((each) => `.${each}`).join("");
    const words = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.localName}${id}${classes}> “${words}”`;
  };
  // Inside what is scrolled by itself (code, a wide table) a control may be out of sight.
  const scroller = (element) => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
      const { overflowX } = getComputedStyle(each);
      if (["auto", "scroll"].includes(overflowX) && each.scrollWidth > each.clientWidth) return each;
    }
    return null;
  };
  if (root.scrollWidth > width) {
    const widest = [...document.body.querySelectorAll("*")]
      .filter((each) => each.getBoundingClientRect().right > width + 1 && !scroller(each))
      .slice(0, 3)
      .map(name);
    faults.push(`scrolls sideways to ${root.scrollWidth}: ${widest.join("; ")}`);
  }
  for (const each of document.querySelectorAll("main *, header *, footer *")) {
    const { overflowX } = getComputedStyle(each);
    if (
      ["auto", "scroll"].includes(overflowX) &&
      each.scrollWidth > each.clientWidth + 1 &&
      !each.matches("pre, textarea, .table-scroll, input")
    )
      faults.push(`is scrolled sideways by itself: ${name(each)}`);
  }
  const controls = [...document.querySelectorAll(CONTROLS)].filter(
    (each) =>
      each.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
      !each.closest("dialog:not([open])"),
  );
  for (const control of controls) {
    if (control.matches(".skip-link, input[type=hidden]")) continue;
    control.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const places = [...control.getClientRects()].filter((each) => each.width > 1 && each.height > 1);
    if (places.length === 0) continue;
    const inside = scroller(control);
    if (!inside) {
      const out = places.find((each) => each.left < -0.5 || each.right > width + 0.5);
      if (out)
        faults.push(`lies outside, at ${Math.round(out.left)} to ${Math.round(out.right)}: ${name(control)}`);
    }
    const shown = places.find(
      (each) => each.left >= 0 && each.right <= width + 0.5 && each.top >= 0 && each.bottom <= innerHeight,
    );
    if (!shown) continue;
    const hit = document.elementFromPoint(shown.left + shown.width / 2, shown.top + shown.height / 2);
    const covers = hit?.closest(CONTROLS) ?? hit;
    const isOwn =
      hit &&
      (control.contains(hit) ||
        hit.contains(control) ||
        hit.closest("label")?.control === control ||
        [...(control.labels ?? [])].some((label) => label.contains(hit)));
    if (!isOwn) faults.push(`lies under ${covers ? name(covers) : "nothing"}: ${name(control)}`);
  }
  return faults;
};
