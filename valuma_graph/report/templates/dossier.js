// The panel of one member: all that is known of it.

/**
 * Write the panel.
 *
 * @param {Object} parts `atlas`, `words`, `lists`, `link` (addresses), `actions(state, view)` (the
 *   buttons under a heading) and `usual(state)` (whether the state is that of the report).
 * @returns {Object} `place` and what other panels are made of.
 */
const makeDossier = ({ atlas, words, lists, link, actions, usual, line }) => {
  const { members } = atlas;
  const t = (key, values) => words.t(`explorer.${key}`, values);
  const year = (k) => atlas.years[k];

  const part = (title, ...children) =>
    dom("section", { class: "part" }, dom("h4", {}, title), ...children);

  /** Return a table of the panel, or a sentence where it has no rows. */
  const table = (spec, none) => {
    if (!spec.rows.length) {
      return dom("section", { class: "part" }, dom("h4", {}, spec.caption()), dom("p", {}, none));
    }
    const host = dom("div", { class: "part" });
    makeTable(host, { level: 4, short: 10, find: spec.rows.length > 20, ...spec }, words);
    return host;
  };

  /** Return the head of a dossier: what it is, its name, and what can be done with it. */
  const head = ({ kicker, name, aliases = [], more = [], state, view }) =>
    dom(
      "div",
      { class: "dossier-head" },
      kicker.some(Boolean) && dom("p", { class: "kicker" }, kicker.filter(Boolean).join(" · ")),
      dom("h3", { id: "panel-title", tabindex: "-1" }, name),
      aliases.length ? dom("p", { class: "alias" }, nodesName(aliases.join(" – "))) : null,
      ...more,
      // On paper, and where it is not the usual, what is shown stands with the name.
      dom("p", { class: usual(state) ? "print-only" : "note warn" }, line(state, view)),
      actions(state, view),
    );

  /** Return the name of a file: what is in it, of whom, of what year. */
  const fileOf = (view, what, name) => [what, name, year(view.k)].filter(Boolean).join("-");

  const aliases = (names) => {
    const shown = words.pick(names);
    return [...new Set([].concat(names))].filter((name) => name && name !== shown);
  };

  /** Return sentences that are about the year of the report and all networks, and say so. */
  const prose = (sentences, state) => {
    if (!sentences?.length) return null;
    const about = atlas.year === null ? "prose_all" : "prose_year";
    const other = atlas.year === null ? "prose_other_all" : "prose_other";
    // In the year of the report the words above already say how the place is tied to the others.
    const shown = usual(state)
      ? sentences.filter(([key]) => !DOSSIER_TIES.includes(key))
      : sentences;
    const said = dom("div", { class: "prose" }, nodesSentences(words, shown));
    const note = (key, cls) => dom("p", { class: cls }, t(key, { year: atlas.year }));
    return usual(state)
      ? part(t("prose"), said, note(about, "note"))
      : part(t("prose"), note(other, "note warn"), said);
  };

  /** The inhabitants are of one year, whatever year is chosen. */
  const population = (n) =>
    atlas.populationYear
      ? t("population_year", { n, year: atlas.populationYear })
      : t("population", { n });

  const kicker = (view, m) => {
    const region = lists.regions(view.k).get(m);
    const country = members.country[m];
    const abroad = country >= 0 && atlas.countries.length > 1 && !view.places.includes(m);
    const people = members.population[m];
    return [
      lists.word("kind", lists.memberKind(m)),
      region !== undefined && lists.memberName(region),
      abroad && lists.word("country", atlas.countries[country]),
      people !== null && people !== undefined
        ? population(people)
        : view.places.includes(m) && t("population_unknown"),
    ];
  };

  const standing = (view, m) => {
    const status = view.status[m];
    const depends = view.dependsOn[m];
    const network = () =>
      dom("a", { href: link.network(depends) }, nodesName(lists.networkName(depends)));
    return [
      dom(
        "p",
        { class: "standing" },
        t("col.status"),
        ": ",
        dom("strong", { class: `tone ${status}` }, words.t(`status.${status}`)),
        ". ",
        words.t(`status_means.${status}`),
        depends >= 0 ? [" ", t("depends"), " ", network(), "."] : null,
      ),
      onlyRoles(view, m)
        ? dom("p", {}, t("only_roles", { n: new Set(view.rowsOf(m).map((row) => row.network)).size }))
        : null,
      isRegion(view, m)
        ? dom(
            "p",
            {},
            t("two_ways", { own: words.number(view.own[m]), via: words.number(view.via[m]) }),
          )
        : null,
    ];
  };

  const isRegion = (view, m) => view.level === "region" && view.places.includes(m);

  const rank = (state, m) => {
    const central = atlas.central;
    const place = central?.rank?.[m];
    const of = central?.of?.[lists.memberKind(m)];
    // Who lies between no others has no rank among those who do.
    if (!place || !of || !usual(state) || !central.betweenness[m]) return null;
    const shown = { rank: words.number(place), of: words.number(of) };
    return {
      number: t("figure.rank_of", shown),
      label: year(state.k) === null ? t("figure.rank_any") : t("figure.rank", { year: year(state.k) }),
    };
  };

  const figures = (view, state, m) => {
    const [known, possible, peers] = [view.degree[m], view.possible[m], view.peers[m]];
    return nodesFigures(
      [
        { number: words.number(known), label: t("figure.known", { n: known }) },
        { number: words.number(possible), label: t("figure.possible") },
        { number: words.number(peers), label: t("figure.peers", { n: peers }) },
        rank(state, m),
      ].filter(Boolean),
    );
  };

  /** Return by which municipalities a region is in a network, or that it is itself. */
  const throughOf = (row) => [
    ...(row.direct ? [{ text: t("direct") }] : []),
    ...row.through.map((m) => ({ text: lists.memberName(m), href: link.place(m) })),
  ];

  const joined = (parts) => parts.flatMap((one, k) => (k ? [{ text: ", " }, one] : [one]));

  /** Return the column of municipalities through which regions are in networks, if some are. */
  const through = (rows) => {
    const parts = (row) => joined(throughOf(row));
    const said = (row) => parts(row).map((one) => one.text).join("");
    return rows.some((row) => row.through.length) && lists.text("through", said, { parts });
  };

  /** Say that some rows tell of another role than membership. */
  const otherRoles = (rows) => (rows.every((row) => row.counted) ? null : t("other_roles"));

  /** Return the table of the networks that a member is known to be in. */
  const portfolio = (view, m) => {
    const rows = dossierRows(view.rowsOf(m), "network");
    const { column, network, number, text } = lists;
    const sized = (row) => {
      const { known, declared } = view.coverage(row.network);
      return declared === null
        ? words.number(known)
        : t(known > declared ? "more_than" : "of", {
            n: words.number(known),
            total: words.number(declared),
          });
    };
    const columns = [
      { ...network("network", (row) => row.network), sub: sites },
      through(rows),
      roles(),
      rows.some((row) => row.years.length) &&
        text("years", yearsOf),
      {
        ...lists.listColumn((row) => row.network, view),
        sub: (row) => lists.listYear(view, row.network),
      },
      text("members", sized, {
        order: (row) => view.known(row.network),
        hint: lists.hint("members"),
        screenOnly: true,
      }),
      ...[
        text("list_year", (row) => lists.listYear(view, row.network)),
        number("known", (row) => view.known(row.network)),
        number("declared", (row) => view.coverage(row.network).declared),
        column(
          "evidence",
          "word",
          (row) =>
            row.evidence.map((code) => lists.word("explorer.evidence", code)).join(", ") || null,
        ),
      ].map((one) => ({ ...one, csvOnly: true })),
      sources(),
    ].filter(Boolean);
    return {
      caption: () => t("place.networks"),
      file: fileOf(view, t("place.networks"), lists.memberName(m)),
      note: () => otherRoles(rows),
      columns,
      rows,
      sort: ["network", "ascending"],
      key: (row) => atlas.networks.id[row.network],
      print: 40,
    };
  };

  /** Return from when to when one is in it, in words where it is not known. */
  const yearsOf = (row) => row.years.join(", ") || words.t("list_status.unknown");
  const roles = () =>
    lists.column(
      "role",
      "word",
      (row) => row.roles.map((code) => lists.word("role", code)).join(", ") || null,
    );
  const sourceOf = (row) => row.sources.map((at) => words.source(at)).join("; ") || null;
  /** Return the sites of the sources: the file has them in full. */
  const sites = (row) =>
    [...new Set(row.sources.map((at) => nodesSite(words.source(at))))].join("; ") || null;
  const sources = () => lists.column("source", "source", sourceOf, { csvOnly: true });

  const peers = (view, m) => ({
    caption: () => t("place.peers"),
    file: fileOf(view, t("place.peers"), lists.memberName(m)),
    note: () => t("place.peers_hint"),
    columns: [
      lists.member("name", (row) => row.member),
      lists.kind((row) => row.member),
      lists.number("networks", (row) => row.networks),
      lists.number("shared", (row) => row.shared),
      lists.share("jaccard", (row) => row.jaccard),
    ],
    rows: view.closest(m, words.lang),
    sort: null,
    key: (row) => members.id[row.member],
    print: 10,
  });

  const BY = {
    peers: "portfolio.by_peers",
    region: "portfolio.by_region",
    kind: "portfolio.by_kind",
  };
  /** Say who is compared, and what the words for the standing mean. */
  const lacksNote = (view, { neighbours, compared, basis }) =>
    [
      neighbours && t(view.level === "region" ? "place.neighbours_region" : "place.neighbours"),
      words.t(BY[basis], { n: compared }),
      words.t("means.standing"),
    ]
      .filter(Boolean)
      .join(" ");

  const lacks = (view, m) => {
    const rows = view.lacks(m, words.lang);
    const of = (some, all) =>
      all ? t("of", { n: words.number(some), total: words.number(all) }) : null;
    const bordering = view.neighbours(m).length > 0;
    return {
      caption: () => t(bordering ? "place.lacks" : "place.lacks_peers"),
      file: fileOf(view, t("place.lacks_file"), lists.memberName(m)),
      note: () => lacksNote(view, rows[0]),
      columns: [
        lists.network("network", (row) => row.network),
        bordering &&
          lists.text("neighbours", (row) => of(row.neighboursIn, row.neighbours), {
            order: (row) => row.neighboursIn,
            screenOnly: true,
          }),
        lists.text("peers_in", (row) => of(row.peersIn, row.compared), {
          order: (row) => row.peersIn,
          screenOnly: true,
        }),
        ...[
          bordering && lists.number("neighbours", (row) => row.neighboursIn),
          bordering && lists.number("neighbours_all", (row) => row.neighbours),
          lists.number("peers_in", (row) => row.peersIn),
          lists.number("peers_all", (row) => row.compared),
        ].map((one) => one && { ...one, key: `${one.key}_file`, csvOnly: true }),
        lists.column("standing", "word", (row) => lists.word("standing", row.standing)),
        lists.number("known", (row) => view.known(row.network)),
      ].filter(Boolean),
      rows,
      sort: null,
      key: (row) => atlas.networks.id[row.network],
      print: 40,
    };
  };

  /** Say that a place is not in the division of a year, and where its area lies then. */
  const gone = (m, state) => {
    const into = atlas.merged.find(([town, , mask]) => town === m && inYear(mask, state.k))?.[1];
    const year_ = year(state.k) ?? "";
    if (into === undefined) {
      if (!members.mask[m]) return t("absent_data");
      const home = link.home(m) !== null;
      return t(home ? "absent_place" : "absent_year", { year: year_ });
    }
    const name = dom("a", { href: link.place(into) }, nodesName(lists.memberName(into)));
    return nodesText(words, "explorer.absent_merged", { year: String(year_), name });
  };

  /** Return whether a member has roles in networks, but none that counts as membership. */
  const onlyRoles = (view, m) => !view.degree[m] && view.rowsOf(m).length > 0;

  /** Return the networks that others are in, where there is someone to compare with. */
  const compared = (view, m) => {
    // One without networks and neighbours is like all of its kind, and like none of them.
    if (!view.degree[m] && !view.places.includes(m) && !view.neighbours(m).length) return null;
    const none = view.neighbours(m).length ? "place.lacks_none" : "place.lacks_none_peers";
    return table(lacks(view, m), t(none));
  };

  /** Return the panel of one member. */
  const place = (state, view) => {
    const m = state.place;
    // A region is judged by its municipalities, whether or not it is in the data itself.
    const there = inYear(members.mask[m], view.k) || view.places.includes(m);
    const top = head({
      kicker: kicker(view, m),
      name: nodesName(lists.memberName(m)),
      aliases: aliases(members.name[m]),
      more: there
        ? standing(view, m)
        : [dom("p", { class: "standing" }, gone(m, state))],
      state,
      view,
    });
    const sentences = prose(atlas.prose?.members?.[m], state);
    if (!there) return [top, sentences];
    return [
      top,
      figures(view, state, m),
      sentences,
      table(portfolio(view, m), t("place.networks_none")),
      compared(view, m),
      table(peers(view, m), t("place.peers_none")),
    ];
  };

  return {
    place,
    part,
    table,
    head,
    aliases,
    prose,
    yearsOf,
    hintOfChance: `network.overlaps_hint${atlas.year === null ? "_all" : ""}`,
    roles,
    sources,
    sites,
    otherRoles,
    through,
    fileOf,
    t,
  };
};

/** Sentences that repeat what the head of a dossier says. */
const DOSSIER_TIES = ["prose.bridge", "prose.firm", "prose.apart", "prose.ways"];

/**
 * Put the rows of one network or member together: its roles, years and sources.
 *
 * @param {Array} rows Rows of memberships.
 * @param {"network"|"member"} by What one line is about.
 * @returns {Array}
 */
const dossierRows = (rows, by) => {
  const found = new Map();
  const add = (list, value) => {
    if (value !== null && value !== undefined && value !== -1 && !list.includes(value))
      list.push(value);
  };
  for (const row of rows) {
    const key = row[by];
    if (!found.has(key)) {
      found.set(key, {
        [by]: key,
        roles: [],
        years: [],
        sources: [],
        evidence: [],
        through: [],
        direct: false,
        counted: false,
      });
    }
    const one = found.get(key);
    add(one.roles, row.role);
    add(one.years, listsYears(row.since, row.until));
    add(one.sources, row.source);
    add(one.evidence, row.evidence);
    add(one.through, row.through);
    one.direct ||= row.through === -1;
    one.counted ||= Boolean(row.counted);
  }
  return [...found.values()];
};
