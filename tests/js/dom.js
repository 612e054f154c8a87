// A page without a browser, for the modules of static/js: linkedom's DOM, and what they use that it lacks. Nothing on it
// has a size or a place, so nothing is seen. It is imported before any of them.
import { AsyncLocalStorage } from "node:async_hooks";
import * as linkedom from "./vendor/linkedom.js";

const { Document, DOMParser, Element, HTMLAnchorElement, HTMLElement } = linkedom;
const { HTMLInputElement, HTMLOptionElement, HTMLSelectElement, HTMLTextAreaElement } = linkedom;

const inside = new AsyncLocalStorage();
let shown = page("<!doctype html><html><head><title></title></head><body><main></main></body></html>");

/**
 * @param {string} html with `<html>` and `<body>`
 * @param {string} [address]
 */
export function page(html, address = "https://reader.test/") {
  return { document: new DOMParser().parseFromString(html, "text/html"), location: new URL(address) };
}

/** Show a page to every module. @param {string} html what its body is @param {string} [address] */
export function show(html, address) {
  shown = page(`<!doctype html><html><head><title></title></head><body>${html}</body></html>`, address);
  return shown.document;
}

/**
 * Show a page to what `work` does, now and later.
 * @template T
 * @param {ReturnType<typeof page>} other
 * @param {() => T} work
 * @returns {T}
 */
export function within(other, work) {
  return inside.run(other, work);
}

/** @returns {ReturnType<typeof page>} the page that is shown here and now */
export function here() {
  return inside.getStore() ?? shown;
}

Object.defineProperties(globalThis, {
  document: { get: () => here().document },
  location: { get: () => here().location },
  MutationObserver: { get: () => here().document.defaultView.MutationObserver },
});

Object.assign(globalThis, linkedom, {
  window: globalThis,
  CSS: { escape: (text) => text.replace(/^\d|[^\w-]/g, (each) => `\\${each.codePointAt(0).toString(16)} `) },
  IntersectionObserver: class {
    observe() {}
    unobserve() {}
  },
  requestAnimationFrame: setImmediate,
  addEventListener() {},
  innerHeight: 800,
  scrollY: 0,
});

/** What a browser keeps for a site. */
function storage() {
  const methods = {
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(key, value) {
      this[key] = String(value);
    },
    removeItem(key) {
      delete this[key];
    },
  };
  return Object.create(methods);
}

for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(globalThis, name, { value: storage(), configurable: true });

// What tabs of one browser tell each other, which they hear at once.
const channels = [];
globalThis.BroadcastChannel = class {
  #listeners = [];

  constructor(name) {
    this.name = name;
    channels.push(this);
  }

  addEventListener(_type, listener) {
    this.#listeners.push(listener);
  }

  postMessage(message) {
    for (const other of channels) {
      if (other === this || other.name !== this.name) continue;
      for (const listener of other.#listeners) listener({ data: structuredClone(message) });
    }
  }
};

/** A property that is a part of the address in an attribute. @param {string} name @param {keyof URL} part */
function address(name, part) {
  return {
    get() {
      const value = this.getAttribute(name);
      return value === null ? "" : new URL(value, location.href)[part];
    },
    set(value) {
      this.setAttribute(name, value);
    },
  };
}

/** A property of a field that is what its element says until somebody changes it. @param {(field: Element) => unknown} initial */
function changeable(initial) {
  const changed = new WeakMap();
  return {
    get() {
      return changed.has(this) ? changed.get(this) : initial(this);
    },
    set(value) {
      changed.set(this, value);
    },
  };
}

/** @param {(element: Element) => unknown} get */
function readable(get) {
  return {
    get() {
      return get(this);
    },
  };
}

const focused = new WeakMap(); // the element of each document that has the focus

Object.defineProperties(Document.prototype, {
  activeElement: {
    get() {
      const element = focused.get(this);
      return this.body.contains(element) ? element : this.body;
    },
  },
});
Object.defineProperties(HTMLAnchorElement.prototype, {
  href: address("href", "href"),
  pathname: address("href", "pathname"),
  search: address("href", "search"),
});
const written = (input) => input.getAttribute("value") ?? "";
const isChecked = (input) => input.hasAttribute("checked");
Object.defineProperties(HTMLInputElement.prototype, {
  checked: changeable(isChecked),
  defaultChecked: readable(isChecked),
  defaultValue: readable(written),
  value: changeable(written),
});
Object.defineProperties(HTMLTextAreaElement.prototype, {
  defaultValue: readable((area) => area.textContent),
  value: changeable((area) => area.textContent),
});
Object.defineProperties(HTMLOptionElement.prototype, {
  defaultSelected: readable((option) => option.hasAttribute("selected")),
  value: readable((option) => option.getAttribute("value") ?? option.textContent),
});
const selected = changeable(({ options }) =>
  Math.max(
    0,
    options.findLastIndex((each) => each.defaultSelected),
  ),
);
Object.defineProperties(HTMLSelectElement.prototype, {
  selectedIndex: selected,
  value: readable((select) => select.options[select.selectedIndex]?.value),
});
// linkedom's knows only what was there when it was first looked at.
const dashed = (name) => `data-${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
Object.defineProperty(Element.prototype, "dataset", {
  get() {
    return new Proxy(this, {
      get: (element, name) => element.getAttribute(dashed(name)) ?? undefined,
      has: (element, name) => element.hasAttribute(dashed(name)),
      set: (element, name, value) => element.setAttribute(dashed(name), value) === undefined,
      deleteProperty: (element, name) => element.removeAttribute(dashed(name)) === undefined,
    });
  },
});
// Forms, too, and what can be opened are nothing but elements to linkedom.
Object.defineProperties(HTMLElement.prototype, {
  action: address("action", "href"),
  elements: {
    get() {
      const fields = [...this.querySelectorAll("button, input, select, textarea")];
      return Object.assign(fields, Object.fromEntries(fields.map((field) => [field.name, field])));
    },
  },
  focus: {
    value() {
      focused.set(this.ownerDocument, this);
    },
  },
  getBoundingClientRect: {
    value() {
      const { top = 0 } = here();
      return { top, bottom: top, left: 0, right: 0, height: 0, width: 0 };
    },
  },
  getClientRects: { value: () => [] },
  open: {
    get() {
      return this.hasAttribute("open");
    },
    set(is) {
      this.toggleAttribute("open", is);
    },
  },
  scrollIntoView: { value() {} },
});
