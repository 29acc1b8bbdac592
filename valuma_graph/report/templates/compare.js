// The panel of two places or two networks, side by side.

/**
 * Write the panel of a comparison.
 *
 * @param {Object} parts `atlas`, `words`, `lists`, `link`, and `dossier`, the common parts.
 * @returns {{places: Function, networks: Function}}
 */
const makeComparison = ({ atlas, words, lists, link, dossier }) => {
  const { t, part, head } = dossier;

  /** Return two columns of facts under the names of the two. */
  const sides = (names, rows) => {
    const title = t("compare.figures");
    const corner = dom("td", {}, dom("span", { class: "hidden" }, title));
    const line = ([label, a, b]) =>
      dom("tr", {}, dom("th", { scope: "row" }, label), dom("td", {}, a), dom("td", {}, b));
    return dom(
      "div",
      { class: "part scroll", role: "region", tabindex: "0", "aria-label": title },
      dom(
        "table",
        { class: "sides" },
        dom("caption", { class: "hidden" }, title),
        dom(
          "thead",
          {},
          dom(
            "tr",
            {},
            corner,
            names.map((name) => dom("th", { scope: "col" }, nodesName(name))),
          ),
        ),
        dom("tbody", {}, rows.filter(Boolean).map(line)),
      ),
    );
  };

  /** Return a list of links, or that there are none. */
  const listed = (title, positions, name, href) => {
    const sorted = [...positions].sort((a, b) => words.compare(name(a), name(b)));
    const items = sorted.map((one) =>
      dom("li", {}, dom("a", { href: href(one) }, nodesName(name(one)))),
    );
    return part(
      [title, dom("span", { class: "tally" }, ` ${words.number(sorted.length)}`)],
      items.length ? dom("ul", { class: "names" }, items) : dom("p", {}, t("compare.none")),
    );
  };

  const summary = ({ shared, jaccard }, what, label) =>
    nodesFigures([
      { number: words.number(shared), label: t(what, { n: shared }) },
      { number: words.percent(jaccard), label },
    ]);

  const ones = (a, b, href) =>
    dom(
      "p",
      { class: "no-print" },
      dom(
        "a",
        { href: href(a.at) },
        nodesText(words, "explorer.compare.one", { name: nodesName(a.name) }),
      ),
      " · ",
      dom(
        "a",
        { href: href(b.at) },
        nodesText(words, "explorer.compare.one", { name: nodesName(b.name) }),
      ),
    );

  const title = (a, b) =>
    nodesText(words, "explorer.compare.title", { a: nodesName(a.name), b: nodesName(b.name) });

  const lists3 = ({ both, onlyA, onlyB }, shared, [a, b], name, href) => [
    listed(shared, both, name, href),
    listed(
      nodesText(words, "explorer.compare.only", { name: nodesName(a.name) }),
      onlyA,
      name,
      href,
    ),
    listed(
      nodesText(words, "explorer.compare.only", { name: nodesName(b.name) }),
      onlyB,
      name,
      href,
    ),
  ];

  /** Return the panel of two members. */
  const places = (state, view) => {
    const [a, b] = [state.place, state.with].map((at) => ({ at, name: lists.memberName(at) }));
    const found = view.comparePlaces(a.at, b.at);
    const row = (label, value) => [label, value(a.at), value(b.at)];
    const people = (m) => words.number(atlas.members.population[m]);
    const status = (m) =>
      inYear(atlas.members.mask[m], view.k)
        ? dom("span", { class: `tone ${view.status[m]}` }, words.t(`status.${view.status[m]}`))
        : "–";
    return [
      head({ kicker: [], name: title(a, b), more: [ones(a, b, link.place)], state, view }),
      summary(found, "compare.both_networks", t("compare.jaccard_networks")),
      sides(
        [a.name, b.name],
        [
          row(t("col.kind"), (m) => lists.word("kind", lists.memberKind(m))),
          row(t("col.population"), people),
          row(t("col.networks"), (m) => words.number(view.degree[m])),
          row(t("col.possible"), (m) => words.number(view.possible[m])),
          row(t("col.peers"), (m) => words.number(view.peers[m])),
          row(t("col.status"), status),
        ],
      ),
      ...lists3(found, t("compare.shared_networks"), [a, b], lists.networkName, link.network),
    ];
  };

  /** Return the panel of two networks. */
  const networks = (state, view) => {
    const [a, b] = [state.network, state.with].map((at) => ({ at, name: lists.networkName(at) }));
    const found = view.compareNetworks(a.at, b.at);
    const row = (label, value) => [label, value(a.at), value(b.at)];
    const own = (n, value) => (view.networks.includes(n) ? value(n) : "–");
    const judged = found.overlap.q !== null;
    return [
      head({ kicker: [], name: title(a, b), more: [ones(a, b, link.network)], state, view }),
      summary(found, "compare.both_members", t("compare.jaccard_members")),
      judged ? chance(found.overlap) : null,
      sides(
        [a.name, b.name],
        [
          row(t("col.kind"), (n) =>
            lists.word("network_kind", atlas.networkKinds[atlas.networks.kind[n]]),
          ),
          row(t("col.known"), (n) => own(n, () => words.number(view.known(n)))),
          row(t("col.declared"), (n) => own(n, () => words.number(view.coverage(n).declared))),
          row(t("col.coverage"), (n) => own(n, () => words.percent(view.coverage(n).share))),
          row(t("col.list"), (n) =>
            own(n, () => lists.word("list_status", view.state(n).listStatus)),
          ),
          row(t("col.list_year"), (n) => own(n, () => lists.listYear(view, n))),
        ],
      ),
      ...lists3(found, t("compare.shared_members"), [a, b], lists.memberName, link.place),
    ];
  };

  const chance = ({ p, q }) => {
    const tone = q <= LISTS_ALPHA ? "surplus" : "by_chance";
    return dom(
      "p",
      {},
      `${t("col.beyond")}: `,
      dom("strong", { class: `tone ${tone}` }, words.t(`beyond.${tone}`)),
      ` (p = ${words.chance(p)}, q = ${words.chance(q)}). `,
      dom("span", { class: "note" }, t(dossier.hintOfChance)),
    );
  };

  return { places, networks };
};
