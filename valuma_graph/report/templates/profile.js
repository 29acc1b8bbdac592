// The panel of one network.

/**
 * Write the panel of a network.
 *
 * @param {Object} parts `atlas`, `words`, `lists`, `link`, `usual`, and `dossier`, the common parts.
 * @returns {{network: Function}}
 */
const makeProfile = ({ atlas, words, lists, link, usual, dossier }) => {
  const { networks } = atlas;
  const { t, part, table, head, aliases, prose } = dossier;

  const kicker = (n) => [
    lists.word("network_kind", atlas.networkKinds[networks.kind[n]]),
    lists.networkLevel(n) && lists.word("code_level", lists.networkLevel(n)),
    networks.founded[n] && t("network.founded", { year: networks.founded[n] }),
    networks.ended[n] && t("network.ended", { year: networks.ended[n] }),
  ];

  const listWords = (view, n) => {
    const { listStatus: list } = view.state(n);
    return dom(
      "p",
      { class: "standing" },
      t("network.list"),
      ": ",
      dom("strong", { class: `tone ${list}` }, lists.word("list_status", list)),
      ". ",
      t(`network.list_means.${list}`),
      " ",
      lists.listUsed(view, n),
    );
  };

  const hosts = (view, n) => {
    const leading = ({ role }) => role === "host" || role === "coordinator";
    // At the level of regions it is still the municipality that hosts.
    const own = view.rowsIn(n).filter(leading);
    const themselves = own.map((row) => ({ ...row, member: row.through < 0 ? row.member : row.through }));
    const rows = dossierRows(themselves, "member");
    if (!rows.length) return null;
    const named = rows.flatMap(({ member, roles }, k) => [
      k ? ", " : "",
      dom("a", { href: link.place(member) }, nodesName(lists.memberName(member))),
      ` (${roles.map((role) => lists.word("role", role)).join(", ")})`,
    ]);
    return dom("p", {}, t("network.hosts"), ": ", named);
  };

  const themes = (n) => {
    const own = networks.themes[n];
    if (!own.length) return null;
    const named = own.map((theme) => words.pick(atlas.themes[theme])).join(", ");
    return dom("p", {}, t("network.themes"), ": ", nodesName(named));
  };

  const figures = (view, n) => {
    const known = view.known(n);
    const { declared, declaredIn, share, compared } = view.coverage(n);
    const overlapping = view.overlaps(n).length;
    const told = declared !== null && declared !== undefined;
    return nodesFigures(
      [
        { number: words.number(known), label: t("figure.members", { n: known }) },
        told && {
          number: words.number(declared),
          label: t("figure.declared", { n: declared }),
          note: [
            declaredIn && t("figure.declared_year", { year: declaredIn }),
            (compared ?? known) > declared && t("figure.more_known"),
          ]
            .filter(Boolean)
            .join(". "),
        },
        share !== null && {
          number: words.percent(share),
          label: t("figure.coverage"),
          note: t("figure.compared", { n: compared, declared: words.number(declared) }),
        },
        { number: words.number(overlapping), label: t("figure.overlapping", { n: overlapping }) },
      ].filter(Boolean),
    );
  };

  /** Return how far the network reaches, in figures and words; of the year of the report. */
  const reach = (n) => {
    const print = networks.footprint[n];
    if (!print) return null;
    const known = (value) => value !== null && value !== undefined;
    const count = (name) =>
      known(print[name]) && {
        number: words.number(print[name]),
        label: t(`reach.${name}`, { n: print[name] }),
      };
    const facts = [
      count("regions"),
      count("territory"),
      known(print.population) && {
        number: words.number(print.population),
        label: t("reach.population"),
      },
      known(print.populationShare) && {
        number: words.percent(print.populationShare),
        label: t("reach.share"),
      },
    ].filter(Boolean);
    return part(
      reachTitle(),
      facts.length ? nodesFigures(facts) : null,
      pieces(print),
      near(print),
    );
  };

  const pieces = ({ parts, largestPart }) => {
    if (parts === 1) return dom("p", {}, t("reach.parts"));
    if (!(parts > 1)) return null;
    return dom(
      "p",
      {},
      t("reach.parts_many", { parts: words.number(parts), n: largestPart }),
    );
  };

  const near = ({ meanKm, expectedKm, p }) => {
    if ([meanKm, expectedKm, p].some((one) => one === null || one === undefined)) return null;
    const values = {
      km: words.number(meanKm),
      expected: words.number(expectedKm),
      p: words.chance(p),
    };
    return dom("p", {}, t("reach.near", values));
  };

  // The figures are of the year of the report, whatever year is chosen.
  const reachTitle = () =>
    atlas.year === null ? t("network.reach") : `${t("network.reach")} ${atlas.year}`;

  /** Return what is known of the network from the report or a form, each fact with its basis. */
  const statements = (n) => {
    const rows = networks.profile[n] ?? [];
    const page = networks.page[n];
    if (!rows.length && !page) return null;
    const facts = rows.map(([label, text, basis, source]) => [
      dom("dt", {}, words.pick(atlas.labels[label])),
      dom(
        "dd",
        {},
        nodesName(words.pick(text)),
        " ",
        dom("span", { class: `basis is-${basis}` }, `${t("basis")}: ${lists.word("basis", basis)}`),
        nodesCited(words.source(source)),
      ),
    ]);
    const link =
      page &&
      dom(
        "p",
        {},
        dom(
          "a",
          { href: `${page}#lang=${words.lang}`, class: "onward" },
          t("network.page", { file: page }),
        ),
      );
    return part(
      t("network.profile"),
      facts.length ? dom("dl", { class: "statements" }, facts) : null,
      link,
    );
  };

  const membersOf = (view, n) => {
    const rows = dossierRows(view.rowsIn(n), "member");
    // A source that most rows have in common is said once.
    const usualSite = profileCommonest(rows.map(dossier.sites));
    const source = usualSite ? t("network.one_source", { source: usualSite }) : null;
    const other = (row) => (dossier.sites(row) === usualSite ? null : dossier.sites(row));
    const { number, text } = lists;
    return {
      caption: () => t("network.members"),
      file: dossier.fileOf(view, t("network.members"), lists.networkName(n)),
      note: () => [dossier.otherRoles(rows), source].filter(Boolean).join(" "),
      columns: [
        { ...lists.member("member", (row) => row.member), sub: other },
        lists.kind((row) => row.member),
        dossier.through(rows),
        dossier.roles(),
        rows.some((row) => row.years.length) &&
          text("years", dossier.yearsOf),
        number("networks", (row) => view.degree[row.member]),
        dossier.sources(),
      ].filter(Boolean),
      rows,
      sort: ["member", "ascending"],
      key: (row) => atlas.members.id[row.member],
      print: 400,
    };
  };

  /** Return the members of a large network on paper: names in columns, what is usual left out. */
  const onPaper = (view, n) => {
    const rows = dossierRows(view.rowsIn(n), "member");
    if (rows.length <= PROFILE_MANY) return null;
    const name = (row) => lists.memberName(row.member);
    const more = ({ roles, years }) => [
      ...roles.filter((role) => role !== "member").map((role) => lists.word("role", role)),
      ...years,
    ];
    const item = (row) => {
      const told = more(row).join(", ");
      return dom("li", {}, nodesName(name(row)), told && ` (${told})`);
    };
    const sorted = rows.sort((a, b) => words.compare(name(a), name(b)));
    const tally = dom("span", { class: "tally" }, ` ${words.number(rows.length)}`);
    return dom(
      "section",
      { class: "part print-only" },
      dom("h4", {}, t("network.members"), tally),
      dom("ul", { class: "names" }, sorted.map(item)),
    );
  };

  /** Return the members: on paper a long list takes less room. */
  const listed = (view, n) => {
    const made = table(membersOf(view, n), t("network.members_none"));
    const paper = onPaper(view, n);
    if (paper) made.classList.add("no-print");
    return [made, paper];
  };

  const overlaps = (view, n) => ({
    caption: () => t("network.overlaps"),
    file: dossier.fileOf(view, t("network.overlaps"), lists.networkName(n)),
    note: () => t(dossier.hintOfChance),
    columns: [
      lists.network("network", (row) => row.network),
      lists.number("shared", (row) => row.shared),
      lists.share("jaccard", (row) => row.jaccard),
      { ...lists.share("contained", (row) => row.coefficient), csvOnly: true },
      ...lists.chances(),
    ],
    rows: view.overlaps(n),
    sort: ["shared", "descending"],
    key: (row) => networks.id[row.network],
    print: 40,
  });

  /** Say why a network is not among those shown. */
  const whyAbsent = (state, n) => {
    const year = atlas.years[state.k];
    const [founded, ended] = [networks.founded[n], networks.ended[n]];
    if (year !== null && founded > year) return t("absent_founded", { year: founded });
    if (year !== null && ended !== null && ended < year) return t("absent_ended", { year: ended });
    return t("absent_network");
  };

  /** Return the panel of one network. */
  const network = (state, view) => {
    const n = state.network;
    const there = view.networks.includes(n);
    const absent = () => dom("p", { class: "standing" }, whyAbsent(state, n));
    const top = head({
      kicker: kicker(n),
      name: nodesName(lists.networkName(n)),
      aliases: aliases(networks.name[n]),
      more: [there ? listWords(view, n) : absent(), hosts(view, n), themes(n)],
      state,
      view,
    });
    const about = [prose(atlas.prose?.networks?.[n], state), reach(n), statements(n)];
    if (!there) return [top, ...about];
    return [
      top,
      figures(view, n),
      ...about,
      ...listed(view, n),
      table(overlaps(view, n), t("network.overlaps_none")),
    ];
  };

  return { network };
};

/** A list longer than this is printed as names in columns. */
const PROFILE_MANY = 24;

/** Return what more than half of some texts are; `null` where none is. */
const profileCommonest = (texts) => {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const [text, n] of counts) if (text && n > 1 && 2 * n > texts.length) return text;
  return null;
};
