// Search by name with type-ahead: a combobox with a list, as the ARIA practices describe it.

const SEARCH_KINDS = ["municipality", "region", "other", "networks"];
// From best to worst: how a name answers (see `matches` of the words), where letters without their
// dots and rings count nearly as much.
const SEARCH_RANK = [0, 2, 4, 1, 3, 5];
const SEARCH_EACH = 8;
const SEARCH_ALL = 24;

/**
 * Find members and networks by any of their names, or by id.
 *
 * @param {Object} atlas The data of the page.
 * @param {Object} words As `makeWords` returns them.
 * @param {Object} states As `makeState` returns them.
 * @returns {Function} `find(text, {places, networks})` → `{groups, total, shown}`.
 */
const makeFinder = (atlas, words, states) => {
  const entry = (type, position, kind, name, id) => {
    const group = type === "place" ? (states.levelOf(position) ?? "other") : "networks";
    const names = [...new Set([].concat(name))].filter(Boolean);
    const code = id.includes(":") ? id.slice(id.indexOf(":") + 1) : id;
    return { type, position, kind, group, name, names, code };
  };
  const entries = [
    ...atlas.members.id.map((id, m) =>
      entry("place", m, atlas.kinds[atlas.members.kind[m]], atlas.members.name[m], id),
    ),
    ...atlas.networks.id.map((id, n) => entry("network", n, null, atlas.networks.name[n], id)),
  ];

  const bare = (text) =>
    words
      .fold(text)
      .normalize("NFD")
      .replace(/[\p{Mn}.:'’]/gu, "");

  /** How well an entry answers: 0 best, -1 not at all; an id counts only from its beginning. */
  const score = (text, one) => {
    const typed = bare(text.trim());
    let best = words.matches(text, one.code) === 0 ? 5 : -1;
    for (const name of one.names) {
      const found = words.matches(text, name);
      const rank = bare(name) === typed ? 0 : found < 0 ? -1 : SEARCH_RANK[found] + 1;
      if (rank >= 0 && (best < 0 || rank < best)) best = rank;
    }
    return best;
  };

  /** Names that are nearly what was typed: an ending or a letter more or less. */
  const near = (text, one) => {
    const typed = bare(text.trim());
    const tries = [typed, typed.split(" ")[0]].filter((word) => word.length > 3);
    const close = (word, name) => searchDistance(word, name) <= (word.length > 7 ? 2 : 1);
    return one.names.some((name) => tries.some((word) => close(word, bare(name)))) ? 6 : -1;
  };

  return (text, { places = true, networks = true, except = null, level = null } = {}) => {
    const kept = entries.filter((one) => {
      // What is in the set in no year is on the map only.
      if (one.type === "place" && !atlas.members.mask[one.position]) return false;
      if (one.type === "place" ? !places : !networks) return false;
      // Places are compared with places of their own level.
      const other = level && one.group !== level && one.group !== "other";
      return one.position !== except && !other;
    });
    const answering = (how) => {
      const found = [];
      for (const one of kept) {
        const best = how(text, one);
        if (best >= 0) found.push({ ...one, best, shown: words.pick(one.name) || one.code });
      }
      return found;
    };
    let found = answering(score);
    const guessed = !found.length;
    if (guessed) found = answering(near);
    found.sort((a, b) => a.best - b.best || words.compare(a.shown, b.shown));
    const groups = SEARCH_KINDS.map((group) => {
      const own = found.filter((one) => one.group === group);
      return { group, best: own.length ? own[0].best : Infinity, entries: own };
    }).filter(({ entries: own }) => own.length);
    groups.sort((a, b) => a.best - b.best); // equal ones stay in the order of the kinds
    // A group alone may fill the list.
    const each = groups.length > 1 ? SEARCH_EACH : SEARCH_ALL;
    for (const one of groups) one.entries = one.entries.slice(0, each);
    const shown = groups.reduce((sum, one) => sum + one.entries.length, 0);
    return { groups, total: found.length, shown, guessed };
  };
};

/**
 * Put a search field with its list into an element.
 *
 * @param {Element} host Where it goes; what it holds is replaced.
 * @param {Object} spec `id` of the field; `find`, as `makeFinder` returns it; `options` for it;
 *   `label()`; `choose(entry)`; `alone` whether there are no places at all.
 * @param {Object} words As `makeWords` returns them.
 * @returns {{field: Element, relabel: Function, close: Function}}
 */
const makeSearch = (host, spec, words) => {
  const { id, find, choose } = spec;
  const label = dom("label", { for: id });
  const field = dom("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-describedby": `${id}-count`,
  });
  const list = dom("div", { id: `${id}-list`, role: "listbox", hidden: true });
  const count = dom("p", { id: `${id}-count`, class: "search-count", role: "status" });
  host.classList.add("search");
  host.replaceChildren(label, dom("div", { class: "search-box" }, field, list), count);
  let options = [];
  let active = -1;

  const relabel = () => {
    label.textContent = spec.label();
    list.setAttribute("aria-label", spec.label());
    if (!list.hidden) open();
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    count.textContent = "";
  };

  const point = (at) => {
    options[active]?.node.setAttribute("aria-selected", "false");
    active = at;
    const option = options[active];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.node.setAttribute("aria-selected", "true");
    option.node.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.node.id);
    return undefined;
  };

  const take = (option) => {
    field.value = "";
    close();
    choose(option.entry);
  };

  /** Members of all kinds may share a name: of those in one group the kind is said. */
  const kind = (one) =>
    one.group === "other"
      ? dom("span", { class: "search-kind" }, listsWord(words, "kind", one.kind))
      : null;

  const optionOf = (one, k) => {
    const others = one.names.filter((name) => name !== one.shown);
    const node = dom(
      "div",
      { id: `${id}-option-${k}`, role: "option", "aria-selected": "false" },
      dom("span", {}, nodesName(one.shown)),
      others.length ? dom("span", { class: "alias" }, " – ", nodesName(others.join(", "))) : null,
      kind(one),
    );
    // The field keeps the focus: pressing the button of the mouse would take it.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => take({ entry: one }));
    return { node, entry: one };
  };

  const groupOf = ({ group, entries }, first) => {
    const own = entries.map((one, k) => optionOf(one, first + k));
    options.push(...own);
    const title = searchTitle(group, spec.alone);
    const heading = dom("div", { id: `${id}-${group}`, class: "search-group" }, words.t(title));
    const attributes = { role: "group", "aria-labelledby": heading.id };
    return dom(
      "div",
      attributes,
      heading,
      own.map(({ node }) => node),
    );
  };

  const open = () => {
    const text = field.value.trim();
    if (!text) return close();
    const { groups, total, shown, guessed } = find(text, spec.options?.() ?? {});
    options = [];
    active = -1;
    const nodes = [];
    for (const group of groups) nodes.push(groupOf(group, options.length));
    list.replaceChildren(...nodes);
    list.hidden = !total;
    field.setAttribute("aria-expanded", String(total > 0));
    field.removeAttribute("aria-activedescendant");
    count.textContent = searchCount(words, total, shown, guessed);
    if (total) point(0);
    return undefined;
  };

  const keys = {
    ArrowDown: () => (list.hidden ? open() : point((active + 1) % options.length)),
    ArrowUp: () => (list.hidden ? open() : point((active || options.length) - 1)),
    Enter: () => options[active] && !list.hidden && take(options[active]),
    Escape: () => {
      field.value = "";
      close();
    },
  };
  field.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(keys, event.key) || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });
  field.addEventListener("input", open);
  field.addEventListener("focus", () => {
    field.select();
    open();
  });
  field.addEventListener("blur", close);
  relabel();
  return { field, relabel, close };
};

/** Count the letters by which two words differ: left out, put in or exchanged. */
const searchDistance = (one, other) => {
  if (Math.abs(one.length - other.length) > 2) return Infinity;
  let row = Array.from({ length: other.length + 1 }, (_, k) => k);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let k = 1; k <= other.length; k += 1) {
      const same = row[k - 1] + (one[i - 1] === other[k - 1] ? 0 : 1);
      next.push(Math.min(same, row[k] + 1, next[k - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
};

const searchTitle = (group, alone) => {
  if (group === "networks") return "explorer.networks";
  return group === "other" && alone ? "kinds.all" : `kinds.${group}`;
};

const searchCount = (words, total, shown, guessed) => {
  if (!total) return words.t("explorer.no_hits");
  if (guessed) return words.t("explorer.near_hits");
  if (shown === total) return words.t("explorer.hits", { n: total });
  const values = { shown: words.number(shown), total: words.number(total) };
  return words.t("explorer.hits_cut", values);
};
