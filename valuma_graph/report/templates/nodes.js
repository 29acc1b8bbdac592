// Elements made without markup: text from the data is never read as anything but text.

/**
 * Make an element.
 *
 * @param {string} tag Its name.
 * @param {Object} [attributes] Attributes; `on` holds listeners, `false` and `null` are left out.
 * @param {...*} children Texts, elements and lists of them; `null` and `false` are left out.
 * @returns {Element}
 */
const dom = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...nodesFlat(children));
  return made;
};

const nodesFlat = (children) =>
  children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false);

/** Return a name of the data, kept apart from the direction of the text around it. */
const nodesName = (name) => dom("bdi", {}, name);

/**
 * Return the children of a text in which some placeholders are elements.
 *
 * @param {Object} words As `makeWords` returns them.
 * @param {string} key Key of the catalogue.
 * @param {Object} values What stands for each placeholder: a text or an element.
 * @returns {Array}
 */
const nodesText = (words, key, values) => {
  // Each value stands in for itself as a mark that no text of the catalogue holds.
  const names = Object.keys(values);
  const marks = Object.fromEntries(names.map((name, k) => [name, `\u0001${k}\u0001`]));
  return words
    .t(key, marks)
    .split("\u0001")
    .map((part, k) => (k % 2 ? values[names[Number(part)]] : part))
    .filter((part) => part !== "");
};

/**
 * Return headline figures as a list.
 *
 * @param {Array<{number: string, label: string, note?: string, href?: string}>} figures
 * @returns {Element}
 */
const nodesFigures = (figures) =>
  dom(
    "ul",
    { class: "facts" },
    figures.map(({ number, label, note, href }) =>
      dom(
        "li",
        {},
        dom("span", { class: "number" }, href ? dom("a", { href }, number) : number),
        " ",
        dom("span", { class: "label" }, label),
        note ? dom("span", { class: "note" }, note) : null,
      ),
    ),
  );

/** The places that a source names. */
const nodesPlaces = (source) => source.split(" | ").filter(Boolean);

/** Return the short form of a source: of an address on the web the site, all else as it is. */
const nodesSite = (source) =>
  nodesPlaces(source)
    .map((place) => /^https?:\/\/(?:www\.)?([^\s/]+)\S*$/.exec(place)?.[1] ?? place)
    .join("; ");

/** Return where something stands, as a small text; an address on the web can be followed. */
const nodesCited = (source) => {
  if (!source) return null;
  const shown = nodesPlaces(source).map((place) => {
    const short = nodesSite(place);
    const name = nodesName(short);
    const web = { href: place, rel: "noopener noreferrer", target: "_blank" };
    return short === place ? name : dom("a", web, name);
  });
  return dom(
    "cite",
    {},
    " ",
    shown.flatMap((one, k) => (k ? ["; ", one] : [one])),
  );
};

/**
 * Return sentences of the report's prose as paragraphs with links and sources.
 *
 * @param {Object} words As `makeWords` returns them.
 * @param {Array} sentences As the atlas holds them.
 * @returns {Element[]}
 */
const nodesSentences = (words, sentences) =>
  sentences.map((sentence) => {
    const parts = words.parts(sentence).map(({ text, href, name }) => {
      const shown = name ? nodesName(text) : text;
      return href ? dom("a", { href }, shown) : shown;
    });
    return dom("p", {}, parts, nodesCited(words.source(sentence[2] ?? -1)));
  });

/**
 * Mark names that stand in another language than the page, now and whenever it changes, so that
 * they are read aloud as they are written.
 *
 * @param {Object} atlas `members` and `networks` with `tongue`: the place in `tongues` of the
 *   languages that a name is in where it lacks one of its own, by language of the page; or -1.
 * @param {Object} words
 */
const nodesTongues = (atlas, words) => {
  const known = new Map();
  const foreign = (lang) => {
    if (!known.has(lang)) {
      const at = atlas.langs.indexOf(lang);
      const found = new Map();
      for (const { name, tongue } of [atlas.members, atlas.networks]) {
        tongue.forEach((code, k) => {
          const other = atlas.tongues[code]?.[at];
          if (other) found.set(inLanguage(name[k], at), other);
        });
      }
      known.set(lang, found);
    }
    return known.get(lang);
  };
  const mark = (root) => {
    const names = foreign(words.lang);
    for (const one of root.matches("bdi") ? [root] : root.querySelectorAll("bdi")) {
      const other = names.get(one.textContent) ?? "";
      if (other && one.lang !== other) one.lang = other;
      else if (!other && one.lang) one.removeAttribute("lang");
    }
  };
  const all = () => mark(document.body);
  all();
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["lang"] });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) mark(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
};

/** Return a button. */
const nodesButton = (label, act, attributes = {}) =>
  dom("button", { type: "button", ...attributes, on: { click: act } }, label);
