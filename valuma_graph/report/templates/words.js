/*
 * Words, numbers and alphabetical order in the language shown, as `valuma_graph.text` has them.
 */

const NBSP = "\u00a0";
const DASH = "–";
/** Å, Ä and Ö close the alphabet. */
const LAST_LETTERS = { å: "z\uf001", ä: "z\uf002", æ: "z\uf002", ö: "z\uf003", ø: "z\uf003" };
const sortKeys = new Map();

/** A text of the atlas in the language at a position: an array has one for each language. */
const inLanguage = (text, at) => (Array.isArray(text) ? text[at] : text);

/** Where a UTF-16 unit stands in the order of code points: pairs come after all single units. */
const pointOrder = (unit) =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;

/**
 * Compare two texts by code points.
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, 0 or positive
 */
function comparePoints(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const one = a.charCodeAt(i);
    const other = b.charCodeAt(i);
    if (one !== other) return pointOrder(one) - pointOrder(other);
  }
  return a.length - b.length;
}

/** Lower case without differences of writing that do not count: ß is ss. */
const casefold = (text) =>
  text.normalize("NFC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");

/** A letter without its accents. */
const unaccented = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "");

/**
 * A key that sorts names as Finnish and Swedish do (`text.sort_key`).
 * @param {string} name
 * @returns {string}
 */
function sortKey(name) {
  let key = sortKeys.get(name);
  if (key === undefined) {
    const lowered = casefold(name).replace(/[åäæöø]/g, (letter) => LAST_LETTERS[letter]);
    key = unaccented(lowered);
    sortKeys.set(name, key);
  }
  return key;
}

/**
 * A number with decimals, halves to the even digit as Python rounds them; grouped, English.
 * @param {number} value
 * @param {number} decimals
 * @returns {string}
 */
function plainNumber(value, decimals) {
  const size = Math.abs(value);
  let digits = size.toFixed(decimals);
  // No double that is near a half but not on it agrees with it for 25 further digits.
  const isHalf = /^50*$/.test(size.toFixed(decimals + 25).slice(-25));
  if (isHalf && "13579".includes(digits.at(-1))) {
    digits = (size - 0.5 * 10 ** -decimals).toFixed(decimals);
  }
  const [whole, part] = digits.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = value < 0 || Object.is(value, -0) ? "−" : "";
  return sign + (part === undefined ? grouped : `${grouped}.${part}`);
}

/** The number of a sentence's value, without the link around it. */
const unlinked = (value) => (Array.isArray(value) && value[0] === "a" ? value[2] : value);

/** An id as part of an address; the colon in it may be read. */
const inAddress = (id) => encodeURIComponent(id).replaceAll("%3A", ":");

/** Whether a mask of years has the one at position k; masks may be wider than 32 bits. */
const inYear = (mask, k) => Math.floor(mask / 2 ** k) % 2 === 1;

/** The minus sign and the digits of a power of ten. */
const RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A text with its `{placeholders}` as a list: text, name of placeholder, text, … */
const pieces = (text) => text.split(/\{(\w+)\}/);

/**
 * Everything that the page says, in the language shown.
 * @param {object} atlas the data of the page
 * @returns {object} `lang` (get and set), `langs`, `t`, `has`, `number`, `percent`, `chance`,
 *   `pick`, `compare`, `source`, `fold`, `matches`, `parts`
 */
function makeWords(atlas) {
  const langs = atlas.langs;
  let at = 0;

  const pick = (text) => inLanguage(text, at);
  const has = (key) => Object.hasOwn(atlas.text, key);
  const isUnknown = (value) => value === null || value === undefined || Number.isNaN(value);

  function number(value, decimals = 0) {
    if (isUnknown(value)) return DASH;
    const text = plainNumber(value, decimals);
    return langs[at] === "en" ? text : text.replaceAll(",", NBSP).replace(".", ",");
  }

  function percent(share, decimals = 0) {
    if (isUnknown(share)) return DASH;
    return number(100 * share, decimals) + (langs[at] === "en" ? "%" : `${NBSP}%`);
  }

  function chance(p) {
    if (isUnknown(p)) return DASH;
    if (p === 0) return "0";
    if (p >= 0.0001) return number(p, p >= 0.1 ? 2 : p >= 0.001 ? 3 : 4);
    const [figures, power] = p.toExponential(1).split("e");
    const raised = power.replace("+", "").replace(/./g, (one) => RAISED["-0123456789".indexOf(one)]);
    return `${number(Number(figures), 1)}${NBSP}·${NBSP}10${raised}`;
  }

  /** The text of a key before its placeholders are filled; one of a thing has its own. */
  function template(key, n) {
    const chosen = n === 1 && has(`${key}_one`) ? `${key}_one` : key;
    if (has(chosen)) return pick(atlas.text[chosen]);
    if (globalThis.valumaStrict) throw new Error(`no text for ${chosen}`);
    return key;
  }

  function t(key, values = {}) {
    const { n } = values;
    const filled = Number.isInteger(n) ? { ...values, n: number(n) } : values;
    return pieces(template(key, n))
      .map((piece, i) => {
        if (i % 2 === 0) return piece;
        return Object.hasOwn(filled, piece) ? String(filled[piece]) : `{${piece}}`;
      })
      .join("");
  }

  /** The address of a state, which stays in the language shown. */
  function address(hash) {
    const bare = hash.replace(/^#/, "");
    const stays = at === 0 || /(^|&)lang=/.test(bare);
    return `#${bare}${stays ? "" : `${bare ? "&" : ""}lang=${langs[at]}`}`;
  }

  /** Names in a row, each a link to its dossier. */
  function named(table, of, positions) {
    if (!positions.length) return [{ text: DASH }];
    return positions.flatMap((position, i) => {
      const href = address(`${of}=${inAddress(table.id[position])}`);
      const one = { text: pick(table.name[position]), href, name: true };
      return i ? [{ text: ", " }, one] : [one];
    });
  }

  const written = {
    "%": ([share, decimals]) => percent(share, decimals),
    y: ([year]) => (isUnknown(year) ? DASH : String(year)),
    p: ([p]) => chance(p),
    d: ([value, decimals]) => number(value, decimals),
    t: ([key]) => t(key),
  };

  /** One value of a sentence as a list of texts and links. */
  function valueParts(value) {
    if (!Array.isArray(value)) {
      return [{ text: typeof value === "string" ? value : number(value) }];
    }
    const [type, ...rest] = value;
    if (type === "m") return named(atlas.members, "place", rest[0]);
    if (type === "w") return named(atlas.networks, "network", rest[0]);
    if (type !== "a") return [{ text: written[type](rest) }];
    const text = valueParts(rest[1]).map((part) => part.text).join("");
    return [{ text, href: address(rest[0]) }];
  }

  function parts([key, values]) {
    return pieces(template(key, unlinked(values.n))).flatMap((piece, i) => {
      if (i % 2) return Object.hasOwn(values, piece) ? valueParts(values[piece]) : [];
      return piece ? [{ text: piece }] : [];
    });
  }

  /** Lower case for search; å, ä and ö stay the letters that they are. */
  const fold = (text) =>
    casefold(text)
      .replace(/[^åäö]/gu, (letter) => unaccented(letter))
      .replaceAll("æ", "ä")
      .replaceAll("ø", "ö");

  /**
   * How well a name answers what is typed: 0 it begins so, 1 a word of it does, 2 it holds it,
   * and 3 more where only letters without their dots and rings agree; -1 not at all.
   */
  function matches(typed, name) {
    const wanted = fold(typed.trim());
    const found = fold(name);
    const place = foundAt(wanted, found);
    if (place >= 0) return place;
    // Who types å, ä or ö means them; who does not may lack the key.
    const bare = foundAt(wanted, unaccented(found));
    return bare < 0 ? -1 : bare + 3;
  }

  function foundAt(wanted, name) {
    const first = name.indexOf(wanted);
    if (first <= 0) return first;
    const begins = [" ", "-", "–", "(", "/", ":"].some((mark) => name.includes(mark + wanted));
    return begins ? 1 : 2;
  }

  return {
    get lang() {
      return langs[at];
    },
    set lang(lang) {
      const found = langs.indexOf(lang);
      if (found >= 0) at = found;
    },
    langs,
    t,
    has,
    number,
    percent,
    chance,
    pick,
    compare: (a, b) => comparePoints(sortKey(a), sortKey(b)),
    source: (position) => (position < 0 ? "" : pick(atlas.sources[position])),
    fold,
    matches,
    address,
    parts,
  };
}
