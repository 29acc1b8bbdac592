// What the map shows of a state.

/** First count of each class of the map; the last class is open. */
const PLAN_BREAKS = [0, 1, 2, 3, 5, 9];

/**
 * Decide what the map shows.
 *
 * @param {Object} parts `atlas`, `words`, `lists` and `states`.
 * @returns {{of: Function}} `of(state, view)` → the choices, the one shown, and what is drawn.
 */
const makePlan = ({ atlas, words, lists, states }) => {
  const t = (key, values) => words.t(`explorer.map.${key}`, values);

  const spanOf = (first, next) => {
    if (next === undefined) return `${first}+`;
    return next - 1 === first ? `${first}` : `${first}–${next - 1}`;
  };

  /** Return the class of each count, and the legend of the classes that there are. */
  const scale = (counts) => {
    const breaks = planBreaks(counts);
    const at = (count) => breaks.findLastIndex((first) => count >= first);
    const there = new Set(counts.map(at));
    const legend = breaks
      .map((first, k) => ({ k, cls: `c${k}`, text: spanOf(first, breaks[k + 1]) }))
      .filter(({ k }) => there.has(k));
    return { classOf: (count) => `c${at(count)}`, legend };
  };

  const each = (view, classify, say) => {
    const [classes, values] = [new Map(), new Map()];
    for (const m of view.places) {
      classes.set(m, classify(m));
      const value = say(m);
      if (value !== null) values.set(m, value);
    }
    return { classes, values };
  };

  const networks = (state, view) => {
    const { classOf, legend } = scale([...view.places].map((m) => view.degree[m]));
    const count = (m) => view.degree[m];
    return {
      ...each(
        view,
        (m) => classOf(count(m)),
        (m) => t("value", { n: count(m) }),
      ),
      legend,
      heading: t("legend_networks"),
      caption: t("caption_networks"),
      note: t("note_networks"),
    };
  };

  const status = (state, view) => {
    const there = new Set([...view.places].map((m) => view.status[m]));
    return {
      ...each(
        view,
        (m) => view.status[m],
        (m) => words.t(`status.${view.status[m]}`),
      ),
      legend: STATE_STATUSES.filter((one) => there.has(one)).map((one) => ({
        cls: one,
        text: words.t(`status.${one}`),
      })),
      heading: words.t("explorer.col.status"),
      caption: t("caption_status"),
      note: "",
    };
  };

  const shared = (state, view) => {
    const counts = view.shared(state.place);
    const others = [...view.places].filter((m) => m !== state.place && m !== state.with);
    const { classOf, legend } = scale(others.map((m) => counts[m]));
    const found = each(
      view,
      (m) => classOf(counts[m]),
      (m) => (m === state.place ? null : t("shared_value", { n: counts[m] })),
    );
    const name = lists.memberName(state.place);
    const marked = [];
    for (const [m, cls] of [
      [state.place, "self"],
      [state.with, "with"],
    ]) {
      if (m === null || !found.classes.has(m)) continue;
      found.classes.set(m, cls);
      marked.push({ cls, text: lists.memberName(m) });
    }
    const second = state.with === null ? "" : lists.memberName(state.with);
    const key = state.with === null ? "caption_shared" : "caption_shared_with";
    return {
      ...found,
      legend: [...marked, ...legend],
      heading: t("legend_shared"),
      caption: t(key, { name, other: second }),
      note: "",
    };
  };

  const members = (state, view) => {
    const standing = view.standing(state.network);
    const of = (m) => standing.get(m) ?? "other";
    const there = new Set([...view.places].map(of));
    return {
      ...each(view, of, (m) => t(of(m))),
      legend: ["member", "unknown", "other"]
        .filter((one) => there.has(one))
        .map((one) => ({ cls: one, text: t(one) })),
      caption: t("caption_members", { name: lists.networkName(state.network) }),
      note: t("note_members"),
    };
  };

  /** Two networks: who is in both, and in one only. */
  const compared = (state, view) => {
    const [a, b] = [state.network, state.with].map(
      (n) => new Set(view.networks.includes(n) ? view.membersOf(n) : []),
    );
    const of = (m) => (a.has(m) ? (b.has(m) ? "member" : "self") : b.has(m) ? "with" : "other");
    const [nameA, nameB] = [state.network, state.with].map(lists.networkName);
    const said = {
      member: t("both"),
      self: t("only", { name: nameA }),
      with: t("only", { name: nameB }),
      other: t("neither"),
    };
    return {
      ...each(view, of, (m) => said[of(m)]),
      legend: Object.entries(said).map(([cls, text]) => ({ cls, text })),
      caption: t("caption_compared", { a: nameA, b: nameB }),
      note: t("note_members"),
    };
  };

  const makers = { networks, status, shared, members };

  /** Places that the map has and the set has not. */
  const absent = ({ k, level }, classes) => {
    const gone = ([m, , mask]) => inYear(mask, k) && !classes.has(m);
    const some = level === "municipality" && atlas.map?.shapes.some(gone);
    return some ? [{ cls: "absent", text: t("absent") }] : [];
  };

  /** Return the choices of the map, the one shown, and what `draw` takes. */
  const of = (state, view) => {
    const options = ["networks", "status"];
    if (state.place !== null) options.unshift("shared");
    if (state.network !== null) options.unshift("members");
    const shown = options.includes(state.map) ? state.map : options[0];
    const gone = shown === "members" && !view.networks.includes(state.network);
    let make = makers[shown];
    if (shown === "members" && state.with !== null) make = compared;
    const drawn = gone && make === members ? networks(state, view) : make(state, view);
    const { k, level } = state;
    const home = (m) => (states.levelOf(m) === null ? null : m);
    const chosen = home(state.place);
    const second = state.place === null ? null : home(state.with);
    const legend = [...drawn.legend, ...absent(state, drawn.classes)];
    return { options, shown, spec: { k, level, chosen, with: second, ...drawn, legend } };
  };

  return { of };
};

/**
 * Return the first count of each class of the map.
 *
 * @param {number[]} counts What the places have; of most places few, of regions often many.
 * @returns {number[]}
 */
const planBreaks = (counts) => {
  const some = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const middle = some[Math.floor(some.length / 2)] ?? 0;
  if (middle < PLAN_BREAKS.at(-1)) return PLAN_BREAKS;
  // The open class would hold most of them: classes of equally many instead.
  const cuts = [0, 0.2, 0.4, 0.6, 0.8].map((share) => some[Math.floor(share * some.length)]);
  return [...new Set([0, ...cuts])];
};
