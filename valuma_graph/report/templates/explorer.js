// The explorer: what is chosen, and everything that shows it.

/**
 * Make the explorer in the elements of the page.
 *
 * @param {Object} parts `atlas`, `engine` and `words`.
 * @returns {Object} `start(lang)`, `go(changes)`, `speak(lang)` and `state`.
 */
const makeExplorer = ({ atlas, engine, words }) => {
  const byId = (id) => document.getElementById(id);
  const t = (key, values) => words.t(`explorer.${key}`, values);
  const root = document.documentElement;
  const states = makeState(atlas);
  let state = states.first();
  let usualLang = words.lang;
  let drawn = null; // what was shown last: state, view and language
  let unknownHere = []; // what an address named and the page does not have
  let due = 0; // the tables below wait until the rest is painted

  // -- addresses --------------------------------------------------------------------------------

  const changed = (changes) =>
    states.settled({
      ...state,
      anchor: "",
      table: null,
      status: null,
      find: "",
      row: null,
      ...changes,
    });
  const address = (changes) => states.write({ ...changed(changes), lang: words.lang }, usualLang);
  const link = {
    place: (place) => address({ place, network: null, with: null, map: null }),
    network: (network) => address({ network, place: null, with: null, map: null }),
    home: (place) => states.levelOf(place),
    table: (table, status = null) => address({ table, status: status && [status] }),
  };

  const usual = (of) => of.k === states.base && states.filters(of) === 0;
  const viewOf = (of, level) => engine.at(states.query(of, level));

  const lists = makeLists({ atlas, words, link });
  const dossier = makeDossier({
    atlas,
    words,
    lists,
    link,
    usual,
    actions: (...of) => actions(...of),
    line: (...of) => controls.line(...of),
  });
  const overview = makeOverview({ words, link, dossier });
  const profile = makeProfile({ atlas, words, lists, link, usual, dossier });
  const comparison = makeComparison({ atlas, words, lists, link, dossier });

  // -- going somewhere --------------------------------------------------------------------------

  const remember = (replace) => {
    const hash = states.write({ ...state, lang: words.lang }, usualLang);
    if (hash === location.hash || (hash === "#" && !location.hash)) return;
    try {
      history[replace ? "replaceState" : "pushState"](null, "", hash);
    } catch {
      // Some browsers refuse this for files; the page works all the same.
    }
  };

  /** Change the state. */
  const go = (changes, { replace = false, focus = false } = {}) => {
    state = changed(changes);
    unknownHere = [];
    speakUp("");
    remember(replace);
    render({ focus });
  };

  /** Show what an address says; `true` when it named something here. */
  const open = (hash, { focus = false, replace = null } = {}) => {
    const { state: next, unknown, named } = states.read(hash);
    // A link to a table keeps what is chosen.
    if (next.table && !named.has("place") && !named.has("network")) {
      for (const name of ["place", "network", "with"]) next[name] = state[name];
    }
    if (next.lang && next.lang !== words.lang) words.lang = next.lang;
    state = states.settled(next);
    if (replace !== null) remember(replace);
    render({ focus });
    unknownHere = unknown;
    speakUnknown();
  };

  const speakUnknown = () => {
    const what = unknownHere.join(", ");
    byId("spoken").textContent = what ? t("unknown_link", { what }) : "";
    byId("spoken").classList.toggle("hidden", !what);
  };

  document.addEventListener("click", (event) => {
    const to = event.target.closest?.('a[href^="#"]');
    if (
      !to ||
      event.defaultPrevented ||
      event.button ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    const hash = to.getAttribute("href");
    if (hash.includes("=")) {
      const hasLang = /[#&]lang=/.test(hash);
      open(hasLang ? hash : `${hash}&lang=${words.lang}`, { focus: true, replace: false });
    } else {
      state = { ...state, anchor: decodeURIComponent(hash.slice(1)) };
      remember(false);
      explorerReach(state.anchor);
    }
  });

  // -- search, controls, map and tables ---------------------------------------------------------

  const find = makeFinder(atlas, words, states);
  const choose = ({ type, position }) => {
    const place = type === "place";
    go(
      { place: place ? position : null, network: place ? null : position, with: null, map: null },
      { focus: true },
    );
  };
  const hasPlaces = states.hasPlaces("municipality") || states.hasPlaces("region");
  const label = () => t(hasPlaces ? "search" : "search_any");
  const search = makeSearch(
    byId("finder"),
    { id: "search", find, choose, label, alone: !hasPlaces },
    words,
  );

  /** A level is looked at with a place of that level, or none. */
  const change = (changes, options) => {
    const level = changes.level;
    if (level && state.place !== null) {
      const region = lists.regions(state.k).get(state.place);
      changes = { ...changes, with: null, place: level === "region" ? (region ?? null) : null };
    }
    go(changes, options);
  };
  const controls = makeControls({ atlas, engine, words, states, change });

  const map = makeMap(byId("map"), atlas, words, {
    choose: (place) => {
      go({ place, network: null, with: null, map: null });
      explorerSee(byId("panel-title"));
      speakUp(t("chosen", { name: chosenName() }));
    },
  });
  const plan = makePlan({ atlas, words, lists, states });
  const tables = makeTables({ atlas, words, lists, states, viewOf, usual, link });

  // -- the buttons of a dossier -----------------------------------------------------------------

  const actions = (of) => {
    const place = of.place !== null;
    const host = dom("div", { class: "finder-with", hidden: true });
    const options = () => ({
      places: place,
      networks: !place,
      except: of.place ?? of.network,
      level: states.levelOf(of.place),
    });
    const compare = nodesButton(
      t("act.compare"),
      () => {
        host.hidden = !host.hidden;
        compare.setAttribute("aria-expanded", String(!host.hidden));
        if (host.hidden) return;
        const second = makeSearch(
          host,
          {
            id: "search-with",
            find,
            options,
            label: () => t(place ? "search_place" : "search_network"),
            choose: ({ position }) => go({ with: position }, { focus: true }),
          },
          words,
        );
        second.field.focus();
      },
      { "aria-expanded": "false" },
    );
    const toMap = nodesButton(t("act.map"), () => byId("map").scrollIntoView(), {
      class: "to-map",
    });
    const clear = () => go({ place: null, network: null, with: null, map: null }, { focus: true });
    return dom(
      "div",
      { class: "actions no-print" },
      compare,
      nodesButton(t("act.print"), printDossier),
      nodesButton(t("act.link"), copyLink),
      atlas.map && toMap,
      nodesButton(t("act.clear"), clear),
      host,
    );
  };

  const printDossier = () => {
    root.classList.add("print-dossier");
    addEventListener("afterprint", () => root.classList.remove("print-dossier"), { once: true });
    print();
  };

  const copyLink = async ({ currentTarget: button }) => {
    // The link of a file opens only where the file is.
    let key = location.protocol === "file:" ? "act.linked_file" : "act.linked";
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      key = "act.link_by_hand"; // a page from disk may not be let to write there
    }
    button.textContent = t(key);
    speakUp(t(key));
  };

  // -- showing ----------------------------------------------------------------------------------

  const speakUp = (text) => {
    byId("spoken").classList.add("hidden");
    byId("spoken").textContent = text;
  };

  const panelOf = (view) => {
    const two = state.with !== null;
    if (state.place !== null)
      return two ? comparison.places(state, view) : dossier.place(state, view);
    if (state.network !== null)
      return two ? comparison.networks(state, view) : profile.network(state, view);
    return overview.start(view);
  };

  const chosenName = () => {
    if (state.place === null && state.network === null) return "";
    const name = state.place === null ? lists.networkName : lists.memberName;
    const one = name(state.place ?? state.network);
    return state.with === null ? one : t("compare.title", { a: one, b: name(state.with) });
  };

  const titleOf = () => {
    // Paper and tabs show the title: it names the year that is shown.
    const own = root
      .getAttribute(`data-title-${words.lang}`)
      .replace(String(atlas.year), String(atlas.years[state.k]));
    const name = chosenName();
    // A report about one place or network has its name in the title.
    return name && !own.startsWith(name) ? `${name} – ${own}` : own;
  };

  /** Show the state; only what changed is drawn anew. */
  const render = ({ focus = false, reach = true } = {}) => {
    const view = viewOf(state);
    const before = drawn ?? {};
    const same = (...names) => names.every((name) => before.state?.[name] === state[name]);
    const spoken = before.lang === words.lang;
    const still = before.view === view && spoken;
    const chosen = same("place", "network", "with") && still;
    drawn = { state, view, lang: words.lang };
    if (!spoken) explorerSpeak(words.lang, usualLang);
    if (!still) controls.sync(state);
    explorerText(byId("announce"), controls.line(state, view));
    if (!chosen) {
      byId("panel").replaceChildren(explorerCard(panelOf(view)));
      document.title = titleOf();
      // The title has the year of the report; what is not the usual is added to it.
      const more = usual(state) ? "" : ` · ${controls.line(state, view)}`;
      byId("running").textContent = `${document.title}${more}`;
      byId("contents-chosen").textContent = chosenName() || t("now");
      const { place, network } = states.first();
      const begun = place !== null || network !== null;
      root.classList.toggle("at-subject", begun && place === state.place && network === state.network);
    }
    if (!chosen || !same("map")) drawMap(view);
    if (!spoken) search.relabel();
    showTables(still, reach);
    if (focus && !state.table) explorerFocus(byId("panel-title"));
    if (reach && state.anchor && !state.table) explorerReach(state.anchor);
  };

  const drawMap = (view) => {
    const { options, shown, spec } = plan.of(state, view);
    map.draw(spec);
    drawMapTools(options, shown);
  };

  const mapTools = byId("map-tools");
  let mapName = "";
  const mapShows = dom("select", {
    id: "map-shows",
    on: { change: () => go({ map: mapShows.value }, { replace: true }) },
  });
  const mapLabel = dom("label", { for: "map-shows" });
  const mapSaves = ["svg", "png"].map((kind) =>
    nodesButton(kind.toUpperCase(), () => map.save(kind, mapName, {})),
  );
  mapTools.replaceChildren(mapLabel, mapShows, ...mapSaves);
  const drawMapTools = (options, shown) => {
    mapTools.hidden = !atlas.map;
    mapName = [shown, chosenName(), atlas.years[state.k]].filter(Boolean).join("-");
    mapLabel.textContent = t("map.shows");
    // What has the focus stays: only the words change, and the choices where they are others.
    if ([...mapShows.options].map((one) => one.value).join() !== options.join()) {
      mapShows.replaceChildren(...options.map((one) => dom("option", { value: one })));
    }
    for (const one of mapShows.options) one.textContent = t(`map.${one.value}`);
    mapShows.value = shown;
    mapSaves[0].setAttribute("aria-label", t("act.svg"));
    mapSaves[1].setAttribute("aria-label", t("act.png"));
  };

  const showTables = (still, reach) => {
    if (state.table) {
      clearTimeout(due);
      tables.draw(state);
      if (reach) tables.reach(state);
    } else if (!still || tables.narrowed()) {
      clearTimeout(due);
      due = setTimeout(() => tables.draw(state), 60);
    }
  };

  /** Switch the language; the state stays. */
  const speak = (lang) => {
    words.lang = lang;
    render({ reach: false });
    speakUnknown();
    remember(true);
  };

  /** Begin, in a language that goes without saying when the address names none. */
  const start = (lang) => {
    usualLang = lang;
    words.lang = lang;
    open(location.hash);
    addEventListener("hashchange", () => {
      // Going back does not change the language; the address says which it is.
      open(location.hash, { replace: true });
    });
  };

  return {
    start,
    go,
    speak,
    link,
    get state() {
      return state;
    },
  };
};

/** Return the panel as a card: its head and figures, and the rest, which may stand apart. */
const explorerCard = (parts) => {
  const all = parts.filter(Boolean);
  const isTop = (one) => one.matches("h3, .dossier-head, .facts");
  const at = all.findIndex((one) => !isTop(one));
  const end = at < 0 ? all.length : at;
  return dom(
    "div",
    { class: "dossier" },
    dom("div", { class: "dossier-top" }, all.slice(0, end)),
    end < all.length && dom("div", { class: "dossier-rest" }, all.slice(end)),
  );
};

const explorerText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/** Show the static parts of the page in a language. */
const explorerSpeak = (lang, usual) => {
  document.documentElement.lang = lang;
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
  // The pages of networks speak the same language.
  for (const link of document.querySelectorAll('main a[href*=".html"], footer a[href*=".html"]')) {
    link.hash = lang === usual ? "" : `lang=${lang}`;
  }
};

/** Put the focus on a heading, and the heading into view. */
const explorerFocus = (heading) => {
  heading.focus({ preventScroll: true });
  heading.closest(".explore").scrollIntoView({ block: "start" });
};

/** Bring an element into view unless it is in the upper part of it. */
const explorerSee = (element) => {
  const { top } = element.getBoundingClientRect();
  if (top < 60 || top > innerHeight * 0.6)
    element.closest(".explore").scrollIntoView({ block: "start" });
};

/** Go to a part of the page. */
const explorerReach = (anchor) => {
  const part = document.getElementById(anchor);
  if (!part) return;
  part.scrollIntoView({ block: "start" });
  if (!part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
  part.focus({ preventScroll: true });
};
