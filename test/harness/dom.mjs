// The part of a document that the page's small modules need in plain node. Elements are counted, so that
// a test can say how much work something makes.

export class Element {
  static made = 0;

  constructor(tag = '') {
    Element.made++;
    Object.assign(this, {
      tag, dataset: {}, style: {}, childNodes: [], parentNode: null, className: '', title: '', hidden: false,
      listeners: {},
    });
  }

  set textContent(text) {
    this.childNodes = text === '' ? [] : [String(text)];
  }

  get textContent() {
    return this.childNodes.map((node) => (typeof node === 'string' ? node : node.textContent)).join('');
  }

  append(...nodes) {
    for (const node of nodes) {
      if (node instanceof Element) {
        node.remove();
        node.parentNode = this;
      }
      this.childNodes.push(node);
    }
  }

  replaceChildren(...nodes) {
    this.childNodes = [];
    this.append(...nodes);
  }

  remove() {
    const siblings = this.parentNode?.childNodes ?? [];
    if (siblings.includes(this)) {
      siblings.splice(siblings.indexOf(this), 1);
    }
    this.parentNode = null;
  }

  prepend(node) {
    node.remove();
    node.parentNode = this;
    this.childNodes.unshift(node);
  }

  contains(node) {
    return node === this || this.childNodes.some((child) => child instanceof Element && child.contains(node));
  }

  get children() {
    return this.childNodes.filter((child) => child instanceof Element);
  }

  get childElementCount() {
    return this.children.length;
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }

  get parentElement() {
    return this.parentNode;
  }

  get previousElementSibling() {
    return this.#beside(-1);
  }

  get nextElementSibling() {
    return this.#beside(1);
  }

  #beside(step) {
    const all = this.parentNode?.children ?? [];
    return all[all.indexOf(this) + step] ?? null;
  }

  /** The selectors that the page's small modules use: `.name`, `tag`, with commas, `:scope > ` dropped.
   */
  querySelectorAll(selector) {
    const wanted = selector.replaceAll(':scope > ', '').split(', ');
    const inside = this.childNodes.filter((child) => child instanceof Element)
      .flatMap((child) => [child, ...child.querySelectorAll('*')]);
    return inside.filter((one) => wanted.some((name) => name === '*' || name === one.tag
      || (name.startsWith('.') && one.className.split(' ').includes(name.slice(1)))));
  }

  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  setAttribute() {}

  addEventListener(type, then) {
    (this.listeners[type] ??= []).push(then);
  }

  /** Calls the listeners of an event as a browser does. */
  fire(type, event = {}) {
    const full = { preventDefault() { full.prevented = true; }, ...event };
    this.listeners[type]?.forEach((then) => then(full));
    return full;
  }
}

/** Puts a document into the global object; find() finds the same element each time. */
export function makeDocument() {
  const found = new Map();
  const kinds = ['HTMLElement', 'HTMLUListElement', 'HTMLLIElement', 'HTMLFormElement', 'HTMLButtonElement',
    'HTMLTextAreaElement', 'HTMLInputElement'];
  Object.assign(globalThis, Object.fromEntries(kinds.map((kind) => [kind, Element])));
  globalThis.ResizeObserver = class { observe() {} };
  globalThis.document = {
    querySelector(selector) {
      if (!found.has(selector)) {
        found.set(selector, new Element(selector));
      }
      return found.get(selector);
    },
    createElement: (tag) => new Element(tag),
    createTextNode: (text) => text,
  };
  return globalThis.document;
}
