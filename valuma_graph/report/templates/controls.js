// The controls above the map: level, year and filters.

/** Levels of networks from near to far. */
const CONTROLS_LEVELS = ["local", "regional", "national", "cross_border", "european", "global"];

/**
 * Make the controls in the elements of the page.
 *
 * @param {Object} parts `atlas`, `engine`, `words`, `states` (as `makeState` returns it) and
 *   `change(changes, {replace})`.
 * @returns {{sync: Function}} `sync(state)` shows a state in the language of the page.
 */
const makeControls = ({ atlas, engine, words, states, change }) => {
  const byId = (id) => document.getElementById(id);
  const t = (key, values) => words.t(`explorer.${key}`, values);

  // -- level ------------------------------------------------------------------------------------

  const levels = ["municipality", "region"].filter(states.hasPlaces);
  const levelBox = byId("level");
  const legend = dom("legend");
  const radios = levels.map((level) => {
    const input = dom("input", {
      type: "radio",
      name: "level",
      value: level,
      id: `level-${level}`,
    });
    input.addEventListener("change", () => change({ level }));
    return { level, input, label: dom("label", { for: `level-${level}` }) };
  });
  levelBox.hidden = levels.length < 2;
  const segments = dom(
    "div",
    { class: "segments" },
    radios.map(({ input, label }) => [input, label]),
  );
  levelBox.replaceChildren(legend, segments);

  // -- year -------------------------------------------------------------------------------------

  const yearBox = byId("years");
  const slider = byId("year");
  const output = byId("year-output");
  const label = yearBox.querySelector("label");
  const ticks = byId("year-ticks");
  const years = atlas.years;
  let sliding = false; // one step of history for one pull of the slider
  slider.max = String(years.length - 1);
  slider.value = String(states.base);
  ticks.replaceChildren(...years.map((_, k) => dom("option", { value: k })));
  slider.addEventListener("input", () => {
    const k = Number(slider.value);
    output.textContent = String(years[k]);
    change({ k }, { replace: sliding });
    sliding = true;
  });
  slider.addEventListener("change", () => {
    sliding = false;
  });
  yearBox.hidden = years.length < 2;
  const mark = dom("span", { class: "year-base", "aria-hidden": "true" }, String(atlas.year ?? ""));
  const share = years.length > 1 ? states.base / (years.length - 1) : 0;
  mark.style.setProperty("--at", String(share));
  slider.after(mark);
  const back = nodesButton(
    "",
    () => {
      change({ k: states.base });
      slider.focus(); // the button goes away
    },
    { class: "quiet", id: "year-back" },
  );
  yearBox.append(back);

  // -- filters ----------------------------------------------------------------------------------

  const groups = [
    {
      name: "themes",
      title: "filter.themes",
      size: atlas.themes.length ? atlas.themes.length + 1 : 0,
      word: (k) => (k < atlas.themes.length ? words.pick(atlas.themes[k]) : t("filter.themes_none")),
    },
    {
      name: "levels",
      title: "filter.levels",
      size: atlas.levels.length,
      order: (k) => CONTROLS_LEVELS.indexOf(atlas.levels[k]),
      word: (k) => listsWord(words, "code_level", atlas.levels[k]),
    },
    {
      name: "lists",
      title: "filter.lists",
      size: atlas.listStatuses.length,
      word: (k) => listsWord(words, "list_status", atlas.listStatuses[k]),
    },
    {
      name: "evidence",
      title: "filter.evidence",
      size: atlas.evidence.length,
      word: (k) => listsWord(words, "explorer.evidence", atlas.evidence[k]),
    },
  ];
  const filters = byId("filters");
  const summary = filters.querySelector("summary");
  const body = filters.querySelector(".filter-body");
  for (const group of groups) {
    group.legend = dom("legend");
    group.boxes = Array.from({ length: group.size }, (_, k) => {
      const input = dom("input", { type: "checkbox", id: `filter-${group.name}-${k}` });
      input.addEventListener("change", () => pick(group));
      const text = dom("span");
      const count = dom("span", { class: "tally" });
      const box = dom("label", { for: input.id }, input, dom("span", {}, text, " ", count));
      return { k, input, text, count, box };
    });
    const order = group.order ?? ((k) => k);
    const sorted = [...group.boxes].sort((a, b) => order(a.k) - order(b.k));
    group.set = dom(
      "fieldset",
      {},
      group.legend,
      sorted.map(({ box }) => box),
    );
  }
  const clear = nodesButton(
    "",
    () => {
      change({ themes: null, levels: null, lists: null, evidence: null });
      summary.focus(); // the button goes away
    },
    { class: "quiet", id: "filters-clear" },
  );
  body.replaceChildren(...groups.map(({ set }) => set), clear);

  const pick = ({ name, boxes }) => {
    const chosen = boxes.filter(({ input }) => input.checked).map(({ k }) => k);
    // All of them is a choice too: the last tick does not take the others away.
    change({ [name]: chosen.length ? chosen : null });
  };

  /** Count the networks of a year behind each choice, and the memberships of each grade. */
  const counted = new Map();
  const counts = (k) => {
    if (counted.has(k)) return counted.get(k);
    const found = Object.fromEntries(groups.map(({ name, size }) => [name, new Int32Array(size)]));
    const whole = engine.at({
      k,
      level: "municipality",
      themes: null,
      levels: null,
      lists: null,
      evidence: null,
    });
    for (const n of whole.networks) {
      const own = atlas.networks.themes[n];
      for (const theme of own.length ? own : [atlas.themes.length]) found.themes[theme] += 1;
      if (atlas.networks.level[n] >= 0) found.levels[atlas.networks.level[n]] += 1;
      found.lists[atlas.listStatuses.indexOf(whole.state(n).listStatus)] += 1;
    }
    const seen = new Set(); // a member may be in a network by more rows than one
    for (const [member, network, , grade, , , , , counts, mask] of atlas.rows) {
      const key = `${member} ${network}`;
      if (!counts || !inYear(mask, k) || seen.has(key)) continue;
      seen.add(key);
      found.evidence[grade] += 1;
    }
    counted.set(k, found);
    return found;
  };

  const syncGroup = (group, state) => {
    const found = counts(state.k)[group.name];
    group.legend.textContent = t(group.title);
    let shown = 0;
    for (const { k, input, text, count, box } of group.boxes) {
      const n = found[k];
      input.checked = state[group.name]?.includes(k) ?? false;
      text.textContent = group.word(k);
      count.textContent = words.number(n);
      box.hidden = !n && !input.checked;
      if (!box.hidden) shown += 1;
    }
    group.set.hidden = shown < 2 && state[group.name] === null;
  };

  /** Show a state. */
  const sync = (state) => {
    legend.textContent = t("level");
    for (const { level, input, label: text } of radios) {
      input.checked = level === state.level;
      text.textContent = words.t(`kinds.${level}`);
    }
    const year = years[state.k];
    label.textContent = t("year");
    slider.value = String(state.k);
    slider.setAttribute("aria-valuetext", String(year ?? ""));
    output.textContent = String(year ?? "");
    back.textContent = t("year_back", { year: years[states.base] });
    back.hidden = state.k === states.base;
    for (const group of groups) syncGroup(group, state);
    filters.hidden = groups.every(({ set }) => set.hidden);
    const used = states.filters(state);
    summary.textContent = used ? `${t("filters")} · ${t("filters_on", { n: used })}` : t("filters");
    summary.classList.toggle("on", used > 0);
    clear.textContent = t("clear");
    clear.hidden = !used;
  };

  /** Say in one line what is shown. */
  const line = (state, view) => {
    const year = years[state.k];
    const parts = [year === null ? t("state.any_year") : String(year)];
    if (levels.length) parts.push(t(`state.${state.level}`));
    parts.push(t("state.networks", { n: view.networks.length }));
    const used = groups.filter(({ name }) => state[name] !== null);
    for (const { name, title, word } of used) {
      parts.push(`${t(title).toLocaleLowerCase(words.lang)}: ${state[name].map(word).join(", ")}`);
    }
    if (!used.length) parts.push(t("state.all"));
    return parts.join(" · ");
  };

  return { sync, line };
};
