// The tables below the report, which follow the state.

/** So many networks have pairs enough for their table to wait until somebody comes near it. */
const TABLES_MANY = 300;
const TABLES_NEAR = 800; // pixels

/**
 * Make the tables of the page.
 *
 * Each is drawn in a task of its own, so that a click never waits for them all; the pairs of very
 * many networks only when they come near the window, are asked for, or are printed.
 *
 * @param {Object} parts `atlas`, `words`, `lists`, `states`, `viewOf(state, level)`, `usual(state)`
 *   and `link`.
 * @returns {{draw: Function, reach: Function, narrowed: Function}}
 */
const makeTables = ({ words, lists, states, viewOf, usual, link }) => {
  const hosts = new Map();
  const made = new Map();
  const told = new Map(); // what an address has put into the filters
  const stale = new Map(); // tables not yet drawn, with the state they are to show
  let only = null; // the table that a link has narrowed
  let next = 0;
  for (const name of STATE_TABLES) hosts.set(name, document.getElementById(`table-${name}`));
  const levels = ["municipality", "region"].filter(states.hasPlaces);
  for (const level of ["municipality", "region"]) hosts.get(level).hidden = !levels.includes(level);

  const specOf = (state, name) => {
    const narrow = state.table === name ? state.status : null;
    const options = { usual: usual(state), only: narrow };
    const view = viewOf(state, levels.includes(name) ? name : "municipality");
    if (levels.includes(name)) return lists.places(view, name, [...view.places], options);
    if (name === "networks") return lists.allNetworks(view, narrow);
    if (name === "overlaps") return lists.pairs(view, narrow);
    return lists.places(view, name, [...view.others], { ...options, alone: !levels.length });
  };

  const note = (state, name) => {
    const narrowed = state.table === name && state.status;
    if (!narrowed) return [];
    const group = name === "networks" ? "list_status" : name === "overlaps" ? "beyond" : "status";
    const what = state.status.map((code) => listsWord(words, group, code)).join(", ");
    const whole = dom("a", { href: link.table(name) }, words.t("explorer.tables.whole"));
    return [dom("p", { class: "only" }, words.t("explorer.tables.only", { what }), " ", whole)];
  };

  /** Draw one table. */
  const drawOne = (name) => {
    const state = stale.get(name);
    stale.delete(name);
    const host = hosts.get(name);
    const spec = specOf(state, name);
    if (!made.has(name)) {
      const [above, body] = [dom("div"), dom("div")];
      host.replaceChildren(above, body);
      made.set(name, { above, body, table: makeTable(body, spec, words) });
    } else {
      const { above, body, table } = made.get(name);
      if (body.parentNode !== host) host.replaceChildren(above, body);
      table.update(spec);
    }
    host.style.minHeight = "";
    made.get(name).above.replaceChildren(...note(state, name));
    const find = state.table === name ? state.find : "";
    if (find !== (told.get(name) ?? "")) made.get(name).table.find(find);
    told.set(name, find);
  };

  const isNear = (host) => {
    const { top, bottom } = host.getBoundingClientRect();
    return top < innerHeight + TABLES_NEAR && bottom > -TABLES_NEAR;
  };
  const waits = (name, state) =>
    name === "overlaps" &&
    viewOf(state, "municipality").networks.length > TABLES_MANY &&
    !isNear(hosts.get(name));

  /** Put the heading alone where the pairs are to come: what stood there is no longer so. */
  const emptyPairs = () => {
    const host = hosts.get("overlaps");
    if (host.offsetHeight) host.style.minHeight = `${host.offsetHeight}px`;
    host.replaceChildren(dom("h3", {}, words.t("explorer.tables.overlaps")));
  };

  const step = () => {
    next = 0;
    const [name] = [...stale.keys()].filter((one) => !waits(one, stale.get(one)));
    if (name) drawOne(name);
    if (name && stale.size) later();
  };
  const later = () => {
    clearTimeout(next);
    next = setTimeout(step);
  };

  /** Draw the tables of a state: at once if it names one of them, else one by one. */
  const draw = (state) => {
    clearTimeout(next);
    only = state.table && (state.status || state.find) ? state.table : null;
    for (const [name, host] of hosts) if (!host.hidden) stale.set(name, state);
    for (const name of [...stale.keys()]) {
      if (state.table !== name && waits(name, state)) emptyPairs();
      else if (state.table) drawOne(name);
    }
    later();
  };

  new IntersectionObserver(() => stale.size && later(), {
    rootMargin: `${TABLES_NEAR}px`,
  }).observe(hosts.get("overlaps"));
  addEventListener("beforeprint", () => {
    if (document.documentElement.classList.contains("print-dossier")) return;
    for (const name of [...stale.keys()]) drawOne(name);
  });

  /** Go to the table and the row that a state names. */
  const reach = (state) => {
    const host = hosts.get(state.table);
    if (!host || host.hidden) return;
    host.scrollIntoView({ block: "start" });
    const { table } = made.get(state.table);
    if (!state.row || !table.mark(state.row)) table.focus();
  };

  return { draw, reach, narrowed: () => only !== null };
};
