// What is chosen, and the address that says so: #place=municipality:FI-837&year=2016&lang=sv

const STATE_TABLES = ["municipality", "region", "other", "networks", "overlaps"];
const STATE_MAPS = ["networks", "shared", "status", "members"];
const STATE_STATUSES = [
  "isolated",
  "no_known_membership",
  "single_network",
  "bridge_dependent",
  "separate_component",
  "connected",
];
const STATE_CHANCES = ["surplus", "by_chance"];

/**
 * Read and write the state of the explorer.
 *
 * A state names members and networks by their position, years by their index; `null` stands for
 * "nothing chosen" and, of the filters, for "all".
 *
 * @param {Object} atlas The data of the page.
 * @returns {{base: Function, read: Function, write: Function, query: Function}}
 */
const makeState = (atlas) => {
  const positions = (ids) => new Map(ids.map((id, k) => [id, k]));
  const members = positions(atlas.members.id);
  const networks = positions(atlas.networks.id);
  const codes = {
    levels: atlas.levels,
    lists: atlas.listStatuses,
    evidence: atlas.evidence,
  };
  const base = Math.max(0, atlas.years.indexOf(atlas.year));
  const hasPlaces = (level) => (atlas.home[level] || []).length > 0;
  const level = !hasPlaces("municipality") && hasPlaces("region") ? "region" : "municipality";

  const homes = Object.fromEntries(
    ["municipality", "region"].map((one) => [
      one,
      new Set((atlas.home[one] ?? []).map(([m]) => m)),
    ]),
  );
  /** Return the level of a place at home; of all others `null`. */
  const levelOf = (member) =>
    ["municipality", "region"].find((one) => homes[one].has(member)) ?? null;
  /** Return the level on which the places of a state have to be looked at, if any. */
  const levelIn = ({ place, with: other }) =>
    place === null ? null : (levelOf(place) ?? levelOf(other));
  /** Return a state in which a place is looked at on its own level. */
  const settled = (state) => ({ ...state, level: levelIn(state) ?? state.level });

  /** Return the state in which nothing is chosen. */
  const blank = () => ({
    anchor: "",
    place: null,
    network: null,
    with: null,
    k: base,
    level,
    themes: null,
    levels: null,
    lists: null,
    evidence: null,
    map: null,
    table: null,
    status: null,
    find: "",
    row: null,
    lang: null,
  });

  const start = () => ({
    place: members.get(atlas.start?.place) ?? null,
    network: networks.get(atlas.start?.network) ?? null,
  });

  /** Return the state of an address that says nothing. */
  const first = () => ({ ...blank(), ...start() });

  const list = (text, known) => {
    const wanted = text.split(",").filter(Boolean);
    const found = wanted.map(known).filter((k) => k >= 0);
    const unknown = found.length < wanted.length;
    return { found: found.length ? [...new Set(found)].sort((a, b) => a - b) : null, unknown };
  };

  // Each takes the state and the text; false says that the page has no such thing.
  const readers = {
    place: (s, text) => text === "" || (s.place = members.get(text) ?? null) !== null,
    network: (s, text) => text === "" || (s.network = networks.get(text) ?? null) !== null,
    year: (s, text) => {
      const k = atlas.years.findIndex((year) => String(year) === text);
      if (k >= 0) s.k = k;
      return k >= 0;
    },
    level: (s, text) => {
      if (hasPlaces(text)) s.level = text;
      return hasPlaces(text);
    },
    themes: (s, text) => {
      const themes = atlas.themes.length;
      const { found, unknown } = list(text, (one) =>
        /^\d{1,4}$/.test(one) && Number(one) <= themes ? Number(one) : -1,
      );
      s.themes = found;
      return !unknown;
    },
    map: (s, text) => STATE_MAPS.includes(text) && Boolean((s.map = text)),
    table: (s, text) => STATE_TABLES.includes(text) && Boolean((s.table = text)),
    find: (s, text) => ((s.find = text), true),
    row: (s, text) => ((s.row = text), true),
    lang: (s, text) => atlas.langs.includes(text) && Boolean((s.lang = text)),
  };
  for (const [name, all] of Object.entries(codes)) {
    readers[name] = (s, text) => {
      const { found, unknown } = list(text, (one) => all.indexOf(one));
      s[name] = found;
      return !unknown;
    };
  }

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a stray % of an address typed by hand
    }
  };

  /**
   * Read an address.
   *
   * @param {string} hash The part from `#` on.
   * @returns {{state: Object, unknown: string[], named: Set<string>}} The state, what the page
   *   does not have, and what the address named.
   */
  const read = (hash) => {
    const state = blank();
    const unknown = [];
    const named = new Set();
    let other = null;
    let status = null;
    for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
      const at = part.indexOf("=");
      if (at < 0) {
        state.anchor = decoded(part);
        continue;
      }
      const [name, text] = [part.slice(0, at), decoded(part.slice(at + 1))];
      named.add(name);
      if (name === "with") other = text;
      else if (name === "status") status = text;
      else if (!Object.hasOwn(readers, name) || !readers[name](state, text)) {
        unknown.push(`${name}=${text}`);
      }
    }
    if (!named.has("place") && !named.has("network")) Object.assign(state, start());
    if (state.place !== null) state.network = null;
    // What these may be depends on the rest of the address, before them or behind.
    if (other !== null && !readWith(state, other)) unknown.push(`with=${other}`);
    if (status !== null && !readStatus(state, status)) unknown.push(`status=${status}`);
    return { state, unknown, named };
  };

  /** Return what the rows of a table can be narrowed to. */
  const statuses = (table) => {
    if (table === "networks") return atlas.listStatuses;
    if (table === "overlaps") return STATE_CHANCES;
    return table ? STATE_STATUSES : [];
  };

  const readStatus = (state, text) => {
    const known = statuses(state.table);
    const wanted = text.split(",").filter(Boolean);
    const found = known.filter((one) => wanted.includes(one));
    state.status = found.length ? found : null;
    return found.length > 0 && wanted.every((one) => known.includes(one));
  };

  /** At the level of regions a municipality is part of its region, and in no network itself. */
  const comparable = (one, other) => {
    const [a, b] = [one, other].map(levelOf);
    return !a || !b || a === b;
  };

  const readWith = (state, text) => {
    const chosen = state.place ?? state.network;
    const found = (state.place === null ? networks : members).get(text) ?? null;
    if (chosen === null || found === null || found === chosen) return false;
    if (state.place !== null && !comparable(chosen, found)) return false;
    state.with = found;
    return true;
  };

  /**
   * Write a state as an address: only what differs from the usual.
   *
   * @param {Object} state The state.
   * @param {string} [usual] The language that goes without saying.
   * @returns {string} From `#` on.
   */
  const write = (state, usual = atlas.langs[0]) => {
    const parts = state.anchor ? [encodeURIComponent(state.anchor)] : [];
    const add = (name, text) => parts.push(`${name}=${stateEscaped(text)}`);
    const from = state.place === null ? atlas.networks.id : atlas.members.id;
    if (state.place !== null) add("place", atlas.members.id[state.place]);
    else if (state.network !== null) add("network", atlas.networks.id[state.network]);
    else if (atlas.start) add("place", "");
    if (state.with !== null) add("with", from[state.with]);
    if (state.k !== base) add("year", String(atlas.years[state.k]));
    if (state.level !== (levelIn(state) ?? level)) add("level", state.level);
    if (state.themes) add("themes", state.themes.join(","));
    for (const [name, all] of Object.entries(codes)) {
      if (state[name]) add(name, state[name].map((k) => all[k]).join(","));
    }
    for (const name of ["map", "table", "find", "row"]) if (state[name]) add(name, state[name]);
    if (state.status) add("status", state.status.join(","));
    if (state.lang && state.lang !== usual) add("lang", state.lang);
    return `#${parts.join("&")}`;
  };

  /** Return what the engine asks of a state. */
  const query = (state, at = state.level) => ({
    k: state.k,
    level: at,
    themes: state.themes,
    levels: state.levels,
    lists: state.lists,
    evidence: state.evidence,
  });

  /** Return how many filters a state has. */
  const filters = (state) =>
    ["themes", "levels", "lists", "evidence"].filter((name) => state[name] !== null).length;

  return { first, read, write, query, filters, settled, levelOf, homes, base, hasPlaces };
};

// Colons and commas need no escaping in an address, and are read more easily as they are.
const stateEscaped = (text) =>
  encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2C", ",");
