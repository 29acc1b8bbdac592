// The columns of the explorer's tables, and the rows that they show.

const LISTS_ALPHA = 0.05;

/**
 * Describe the tables of the explorer.
 *
 * @param {Object} parts `atlas`, `words`, and `link` with `place(m)` and `network(n)`, which return
 *   addresses.
 * @returns {Object} Columns by name, and the tables of a state.
 */
const makeLists = ({ atlas, words, link }) => {
  const { members, networks } = atlas;
  const label = (key) => () => words.t(`explorer.col.${key}`);
  const hint = (key) => () => words.t(`explorer.hint.${key}`);
  const word = (group, code) =>
    code === null || code === undefined ? "" : listsWord(words, group, code);
  const column = (key, type, value, more = {}) => ({
    key,
    label: label(key),
    type,
    value,
    ...more,
  });

  const memberName = (m) => words.pick(members.name[m]) || members.id[m];
  const networkName = (n) => words.pick(networks.name[n]) || networks.id[n];
  const memberKind = (m) => atlas.kinds[members.kind[m]];
  const networkLevel = (n) => (networks.level[n] < 0 ? null : atlas.levels[networks.level[n]]);

  const member = (key, of) =>
    column(key, "name", (row) => memberName(of(row)), {
      href: (row) => link.place(of(row)),
      also: (row) => [].concat(members.name[of(row)]).join(" "),
    });
  const network = (key, of) =>
    column(key, "name", (row) => (of(row) < 0 ? null : networkName(of(row))), {
      href: (row) => (of(row) < 0 ? null : link.network(of(row))),
      also: (row) => (of(row) < 0 ? "" : [].concat(networks.name[of(row)]).join(" ")),
    });
  const number = (key, value, more) => column(key, "number", value, more);
  const share = (key, value, more) => column(key, "percent", value, more);
  const text = (key, value, more) => column(key, "text", value, more);
  const kind = (of) => column("kind", "word", (row) => word("kind", memberKind(of(row))));
  const source = (of) => column("source", "source", (row) => words.source(of(row)) || null);

  /** Return in which region each municipality is, in a year. */
  const regions = (k) => {
    const found = new Map();
    for (const [town, region, mask] of atlas.inRegion) if (inYear(mask, k)) found.set(town, region);
    return found;
  };

  const status = (view) =>
    column("status", "word", (m) => word("status", view.status[m]), {
      tone: (m) => view.status[m],
      order: (m) => STATE_STATUSES.indexOf(view.status[m]),
    });

  const some = (rows, value) => rows.some((row) => value(row) !== null && value(row) !== undefined);

  const placeColumns = (view, rows, level, usual) => {
    const region = level === "municipality" ? regions(view.k) : new Map();
    const rolled = level === "region" && view.own;
    const between = (m) => atlas.central?.betweenness?.[m] ?? null;
    return [
      member("name", (m) => m),
      number("networks", (m) => view.degree[m]),
      rolled && number("own", (m) => view.own[m]),
      rolled && number("via", (m) => view.via[m]),
      number("possible", (m) => view.possible[m], { hint: hint("possible") }),
      number("peers", (m) => view.peers[m]),
      usual &&
        level !== "region" &&
        some(rows, between) &&
        share("betweenness", between, { decimals: 1, hint: hint("betweenness") }),
      level === "other" && kind((m) => m),
      level === "other" &&
        atlas.countries.length > 1 &&
        column("country", "word", (m) => word("country", atlas.countries[members.country[m]])),
      region.size > 0 &&
        text("region", (m) => (region.has(m) ? memberName(region.get(m)) : null), {
          href: (m) => (region.has(m) ? link.place(region.get(m)) : null),
        }),
      some(rows, (m) => members.population[m]) &&
        number("population", (m) => members.population[m]),
      status(view),
      rows.some((m) => view.dependsOn[m] >= 0) && network("depends", (m) => view.dependsOn[m]),
    ].filter(Boolean);
  };

  const named = (caption, file, view, columns, rows, sort, key) => ({
    caption,
    file: `${file}${atlas.years[view.k] === null ? "" : `-${atlas.years[view.k]}`}`,
    columns,
    rows,
    sort,
    key,
    short: 12,
    find: rows.length > 5,
    empty: () => words.t("explorer.tables.none"),
  });

  /** Return the table of the places of a level, or of all other members. */
  const places = (view, level, rows, { usual, only = null, alone = false }) => {
    const kept = only ? rows.filter((m) => only.includes(view.status[m])) : rows;
    const caption = () => words.t(level === "other" && alone ? "kinds.all" : `kinds.${level}`);
    const columns = placeColumns(view, rows, level, usual);
    const file = level === "other" ? "members" : `${level}-status`;
    const key = (m) => members.id[m];
    return named(caption, file, view, columns, kept, ["networks", "descending"], key);
  };

  /** Return the table of the networks of a state. */
  const allNetworks = (view, only = null) => {
    const rows = [...view.networks].filter((n) => !only || only.includes(view.state(n).listStatus));
    const declared = rows.some((n) => view.coverage(n).declared !== null);
    const columns = [
      network("name", (n) => n),
      column("kind", "word", (n) => word("network_kind", atlas.networkKinds[networks.kind[n]])),
      networks.level.some((level) => level >= 0) &&
        column("level", "word", (n) => word("code_level", networkLevel(n))),
      number("known", (n) => view.known(n)),
      declared && number("declared", (n) => view.coverage(n).declared),
      declared && share("coverage", (n) => view.coverage(n).share),
      listColumn((n) => n, view),
      text("list_year", (n) => listYear(view, n)),
    ].filter(Boolean);
    const caption = () => words.t("explorer.tables.networks");
    const key = (n) => networks.id[n];
    return named(caption, "networks", view, columns, rows, ["known", "descending"], key);
  };

  const listColumn = (of, view) =>
    column("list", "word", (row) => word("list_status", view.state(of(row))?.listStatus), {
      tone: (row) => view.state(of(row))?.listStatus,
    });

  /** Return of when the list used is, in words. */
  const listYear = (view, n) => {
    const { asOf, selection } = view.state(n) ?? {};
    if (asOf) return String(asOf);
    return selection ? word("list_used", selection) : word("list_used", "none");
  };

  /** Say of when the list used is, or what is used in its stead. */
  const listUsed = (view, n) => {
    const key = view.state(n)?.asOf ? "as_of" : "used";
    return words.t(`explorer.network.${key}`, { when: listYear(view, n) });
  };

  const beyond = () =>
    column("beyond", "word", (row) => chanceWord(row), { tone: (row) => chanceTone(row) });
  const chanceTone = ({ q }) =>
    q === null || q === undefined ? null : q <= LISTS_ALPHA ? "surplus" : "by_chance";
  const chanceWord = (row) => {
    const tone = chanceTone(row);
    return tone ? word("beyond", tone) : null;
  };
  const chances = () => [
    beyond(),
    column("p", "chance", (row) => row.p ?? null, { hint: hint("chance") }),
    column("q", "chance", (row) => row.q ?? null, { hint: hint("q") }),
  ];

  /** Return the table of the pairs of networks that share members. */
  const pairs = (view, only = null) => {
    const rows = view.pairs().filter((row) => !only || only.includes(chanceTone(row)));
    const columns = [
      network("a", (row) => row.a),
      network("b", (row) => row.b),
      number("shared", (row) => row.shared),
      share("jaccard", (row) => row.jaccard),
      share("contained", (row) => row.coefficient),
      ...chances(),
    ];
    const caption = () => words.t("explorer.tables.overlaps");
    const key = (row) => `${networks.id[row.a]}+${networks.id[row.b]}`;
    const note = () =>
      words.t(`explorer.network.overlaps_hint${atlas.year === null ? "_all" : ""}`);
    const sort = ["shared", "descending"];
    return { ...named(caption, "overlaps", view, columns, rows, sort, key), note };
  };

  return {
    label,
    hint,
    word,
    column,
    member,
    network,
    number,
    share,
    text,
    kind,
    source,
    memberName,
    networkName,
    memberKind,
    networkLevel,
    regions,
    listColumn,
    listYear,
    listUsed,
    chances,
    places,
    allNetworks,
    pairs,
  };
};

/** Return the word of the catalogue for a code; a code without one stands as it is. */
const listsWord = (words, group, code) => {
  const key = `${group}.${code}`;
  return words.has(key) ? words.t(key) : String(code);
};

/** Return from when to when, as "2013–2016", where that is known. */
const listsYears = (since, until) => {
  const year = (date) => String(date ?? "").slice(0, 4);
  return since || until ? `${year(since)}–${year(until)}` : null;
};
