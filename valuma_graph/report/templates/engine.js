/*
 * What the explorer knows of a state: the measures of `valuma_graph.measures` and `portfolio`,
 * computed from the atlas for a year, a level and filters. No document is touched here.
 *
 * Members and networks are positions in the atlas; -1 is none.
 */

/** Kinds that stand for their municipalities. */
const ROLLED = ["region", "sub_region"];
/** Views that are kept: going back to a state costs nothing. */
const VIEWS_KEPT = 12;

/**
 * The atlas as lists by year, and what no filter changes.
 * @param {object} atlas
 * @returns {object}
 */
function makeBase(atlas) {
  const { members, networks } = atlas;
  const n = members.id.length;
  const m = networks.id.length;
  const rank = (ids) => {
    const order = ids.map((_, i) => i).sort((a, b) => comparePoints(ids[a], ids[b]));
    const ranks = new Int32Array(ids.length);
    order.forEach((at, i) => (ranks[at] = i));
    return ranks;
  };
  const once = (make) => {
    const made = new Map();
    return (k) => {
      if (!made.has(k)) made.set(k, make(k));
      return made.get(k);
    };
  };
  const rows = once((k) => atlas.rows.flatMap((row, i) => (inYear(row[9], k) ? [i] : [])));
  return {
    atlas,
    n,
    m,
    memberRank: rank(members.id),
    networkRank: rank(networks.id),
    rows,
    /** The state of each network in a year, null where it is not in the set. */
    states: once((k) => {
      const states = new Array(m).fill(null);
      for (const state of atlas.states) if (inYear(state[1], k)) states[state[0]] = state;
      return states;
    }),
    home: (level, k) =>
      (atlas.home?.[level] ?? []).filter(([, mask]) => inYear(mask, k)).map(([member]) => member),
    /** Whether each member is in the set in a year. */
    exists: once((k) => Uint8Array.from(members.mask, (mask) => inYear(mask, k))),
    /** The region of each municipality in a year, -1 for none. */
    region: once((k) => {
      const region = new Int32Array(n).fill(-1);
      for (const [town, into, mask] of atlas.inRegion ?? []) {
        if (inYear(mask, k)) region[town] = into;
      }
      return region;
    }),
    /** p and q of pairs of networks in a year, the smaller position first. */
    chance: once((k) => {
      const found = new Map();
      for (const [a, b, ...years] of atlas.chance ?? []) {
        const at = years.findIndex((year, i) => i % 3 === 0 && year === k);
        if (at < 0) continue;
        const [, p, q] = years.slice(at);
        found.set(Math.min(a, b) * m + Math.max(a, b), { p, q });
      }
      return found;
    }),
    borders: once((k) => (atlas.borders ?? []).filter(([, , mask]) => inYear(mask, k))),
  };
}

/**
 * Which networks of a state could hold members that are not known (`isolates.could_hold`).
 * @returns {Uint8Array} classes × networks
 */
function openTable({ atlas, m, states }, k, passing, isRolled) {
  const table = new Uint8Array(atlas.classes.length * m);
  const here = states(k);
  for (const network of passing) {
    for (const at of here[network][6]) table[at * m + network] = 1;
  }
  if (!isRolled) return table;
  const town = atlas.kinds.indexOf("municipality");
  atlas.classes.forEach(([kind, country], at) => {
    const towns = atlas.classes.findIndex(([one, other]) => one === town && other === country);
    if (!ROLLED.includes(atlas.kinds[kind]) || towns < 0) return;
    // A region could be in what could hold its municipalities.
    for (let j = 0; j < m; j++) table[at * m + j] |= table[towns * m + j];
  });
  return table;
}

/** The networks of the set in a year that pass the filters, and their rows that do. */
function filterRows({ atlas, m, rows, states }, { k, themes, levels, lists, evidence }) {
  const here = states(k);
  // The position after the last theme stands for networks of which none is stated.
  const hasTheme = (own) =>
    own.length ? own.some((one) => themes.includes(one)) : themes.includes(atlas.themes.length);
  const passes = (network) =>
    here[network] !== null &&
    (!levels || levels.includes(atlas.networks.level[network])) &&
    (!lists || lists.includes(here[network][2])) &&
    (!themes || hasTheme(atlas.networks.themes[network]));
  const inside = Uint8Array.from({ length: m }, (_, network) => passes(network));
  const known = rows(k).filter((i) => inside[atlas.rows[i][1]]);
  const isGood = (i) => !evidence || evidence.includes(atlas.rows[i][3]);
  return {
    networks: Int32Array.from(inside.keys()).filter((network) => inside[network]),
    used: known.filter(isGood),
    dropped: evidence ? known.filter((i) => !isGood(i) && atlas.rows[i][8]) : [],
  };
}

/** The counted ones of some rows as ties, each member put where it stands. */
function tieRows({ atlas, n, m }, rows, into) {
  const counted = rows.filter((i) => atlas.rows[i][8]);
  const column = (of) => counted.map((i) => of(atlas.rows[i]));
  return tieUp(n, m, column(([member]) => into[member]), column(([, network]) => network));
}

/** The status of each member (`isolates.STATUSES`). */
function judge({ degree, possible, component, cut }) {
  return Array.from(degree, (networks, member) => {
    if (!networks) return possible[member] ? "no_known_membership" : "isolated";
    if (networks === 1) return "single_network";
    if (component[member] === 1 && cut[member] >= 0) return "bridge_dependent";
    return component[member] === 1 ? "connected" : "separate_component";
  });
}

/** How the members stand to the networks of a state: `possible`, `status`, `dependsOn`, `could`. */
function standings(base, ties, choice, passing, dropped) {
  const { atlas, n, m, memberRank } = base;
  const table = openTable(base, choice.k, passing, choice.level !== "municipality");
  const inClass = atlas.members.class;
  const isHidden = new Set();
  dropped.ofMember.items.forEach((network, i) => isHidden.add(dropped.owner[i] * m + network));
  const could = (member, network) =>
    table[inClass[member] * m + network] === 1 || isHidden.has(member * m + network);
  const openTo = atlas.classes.map((_, at) =>
    table.subarray(at * m, (at + 1) * m).reduce((sum, is) => sum + is, 0),
  );
  const possible = new Int32Array(n);
  for (let member = 0; member < n; member++) {
    const row = inClass[member] * m;
    let count = ties.degree[member] + openTo[inClass[member]];
    for (const network of ties.ofMember.of(member)) count -= table[row + network];
    for (const network of dropped.ofMember.of(member)) {
      // A membership that rests on weaker evidence than asked for is possible, not absent.
      const isTied = ties.ofMember.of(member).includes(network);
      if (!isTied && !table[row + network]) count++;
    }
    possible[member] = count;
  }
  const component = numberComponents(ties, memberRank);
  const cut = findCuts(ties);
  const status = judge({ degree: ties.degree, possible, component, cut });
  const dependsOn = Int32Array.from(status, (word, member) => {
    if (word === "single_network") return ties.ofMember.of(member)[0];
    return word === "bridge_dependent" ? cut[member] : -1;
  });
  return { possible, component, status, dependsOn, could };
}

/** The figures of a state. */
function headline({ ties, networks, places, status }, flat) {
  const statuses = {};
  for (const place of places) statuses[status[place]] = (statuses[status[place]] ?? 0) + 1;
  return {
    places: places.length,
    reached: places.filter((place) => ties.degree[place] > 0).length,
    networks: networks.length,
    members: flat.degree.reduce((sum, degree) => sum + (degree > 0), 0),
    memberships: flat.ofMember.items.length,
    statuses,
  };
}

/** Everything about one state, see `makeEngine`. */
function makeView(base, choice, flatView) {
  const { atlas, n } = base;
  const { networks, used, dropped } = filterRows(base, choice);
  const isRolled = choice.level !== "municipality";
  const region = base.region(choice.k);
  const into = region.map((group, i) => (isRolled && group >= 0 ? group : i));
  const ties = tieRows(base, used, into);
  const hidden = tieRows(base, dropped, into);
  hidden.owner = keysOf(hidden.ofMember);
  const found = standings(base, ties, choice, networks, hidden);
  const exists = base.exists(choice.k);
  const places = base.home(choice.level, choice.k);
  const atHome = new Set(["municipality", "region"].flatMap((level) => base.home(level, choice.k)));
  const others = Array.from(exists.keys()).filter((i) => exists[i] && !atHome.has(i));
  const flat = flatView ? flatView.ties : ties;
  const parts = { base, ties, flat, choice, into, exists, places, networks, ...found };
  const via = isRolled
    ? tieRows(base, used.filter((i) => into[atlas.rows[i][0]] !== atlas.rows[i][0]), into).degree
    : new Int32Array(n);
  let peers = null;
  return {
    k: choice.k,
    level: choice.level,
    filtered: [choice.themes, choice.levels, choice.lists, choice.evidence].some(Boolean),
    ties,
    networks,
    places,
    others,
    netsOf: ties.ofMember.of,
    membersOf: ties.ofNetwork.of,
    degree: ties.degree,
    get peers() {
      return (peers ??= countPeers(ties));
    },
    possible: found.possible,
    component: found.component,
    status: found.status,
    dependsOn: found.dependsOn,
    own: flat.degree,
    via,
    ...rowQuestions(base, used, into),
    ...memberQuestions(parts),
    ...networkQuestions(parts),
    counts: () => headline(parts, flat),
  };
}

/**
 * The measures of the atlas, state by state.
 * @param {object} atlas the data of the page
 * @returns {{years: number[], base: number, at: (choice: object) => object}} `at` takes
 *   `{k, level, themes, levels, lists, evidence}`: the position of the year, `"municipality"` or
 *   `"region"`, and positions of what is let through, or null for all. A view has
 *   - `k`, `level`, `filtered`; `networks`, `places`, `others`: positions;
 *   - `degree`, `possible`, `peers`, `component`, `status`, `dependsOn`, `own`, `via`: by member;
 *   - `netsOf`, `membersOf`, `rowsOf`, `rowsIn`, `neighbours`;
 *   - `shared`, `closest`, `compared`, `lacks`, `comparePlaces`: of members;
 *   - `state`, `known`, `coverage`, `standing`, `overlaps`, `pairs`, `compareNetworks`: of
 *     networks; what networks share are always the members as listed, at every level;
 *   - `counts()`: the headline figures.
 */
function makeEngine(atlas) {
  const base = makeBase(atlas);
  const views = new Map();
  const engine = {
    years: atlas.years,
    base: atlas.years.indexOf(atlas.year),
    at({ k, level, themes = null, levels = null, lists = null, evidence = null }) {
      // To let through every kind of list, or all evidence, is to filter nothing.
      const all = (some, kinds) => (some?.length === kinds.length ? null : some);
      const choice = {
        k,
        level,
        themes,
        levels,
        lists: all(lists, atlas.listStatuses),
        evidence: all(evidence, atlas.evidence),
      };
      const key = JSON.stringify(choice);
      let view = views.get(key);
      if (!view) {
        const isFlat = level === "municipality";
        const flat = isFlat ? null : engine.at({ ...choice, level: "municipality" });
        view = makeView(base, choice, flat);
        if (views.size >= VIEWS_KEPT) views.delete(views.keys().next().value);
      }
      views.delete(key);
      views.set(key, view);
      return view;
    },
  };
  return engine;
}
