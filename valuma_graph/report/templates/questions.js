/*
 * What a state of the explorer says of one member, one network, or two of them, as `portfolio`,
 * `overlap` and `standing` of the package do.
 */

/** How many of the closest of its kind a member is compared with, as `portfolio.COMPARED`. */
const COMPARED = 10;
/** Whoever lies outside the area of these cannot join. */
const OF_AN_AREA = ["statutory", "leader_group"];

/** Those first that share most, are most alike, come first in the alphabet of a language. */
function closestFirst(atlas, lang) {
  const at = Math.max(0, atlas.langs.indexOf(lang ?? atlas.langs[0]));
  const name = (table, position) => sortKey(inLanguage(table.name[position], at));
  return (table, a, b) =>
    comparePoints(name(table, a), name(table, b)) || comparePoints(table.id[a], table.id[b]);
}

/** What two lists of ascending numbers have in common, and what only one of them has. */
function compareLists(one, other) {
  const inOne = new Set(one);
  const inOther = new Set(other);
  const both = Array.from(one).filter((x) => inOther.has(x));
  const union = one.length + other.length - both.length;
  return {
    both,
    onlyA: Array.from(one).filter((x) => !inOther.has(x)),
    onlyB: Array.from(other).filter((x) => !inOne.has(x)),
    shared: both.length,
    jaccard: union ? both.length / union : null,
    coefficient: both.length ? both.length / Math.min(one.length, other.length) : null,
  };
}

/** Who lies beside whom on land: lists by member, at the level of regions between regions. */
function neighbourLists({ n, borders }, k, into) {
  const pairs = new Set();
  for (const [a, b] of borders(k)) {
    const [one, other] = [into[a], into[b]];
    if (one !== other) pairs.add(one * n + other).add(other * n + one);
  }
  const sorted = [...pairs].sort((x, y) => x - y);
  return groupBy(n, sorted.map((pair) => Math.floor(pair / n)), sorted.map((pair) => pair % n));
}

/** What the view says of one member among the others. */
function memberQuestions({ base, ties, choice, into, could, exists }) {
  const { atlas, n, m } = base;
  const { members, networks } = atlas;
  const kindOf = members.kind;
  let beside = null;
  const neighbours = (member) => (beside ??= neighbourLists(base, choice.k, into)).of(member);

  function shared(member) {
    const count = new Int32Array(n);
    for (const network of ties.ofMember.of(member)) {
      for (const other of ties.ofNetwork.of(network)) count[other]++;
    }
    count[member] = 0;
    return count;
  }

  /** Those that share a network with a member, what they share last. */
  function met(member) {
    const found = [];
    const own = ties.degree[member];
    shared(member).forEach((count, other) => {
      if (!count) return;
      const union = own + ties.degree[other] - count;
      const networksOf = ties.degree[other];
      found.push({ member: other, shared: count, jaccard: count / union, networks: networksOf });
    });
    return found;
  }

  function closest(member, lang) {
    const byName = closestFirst(atlas, lang);
    const isOther = ({ member: other }) => Number(kindOf[other] !== kindOf[member]);
    return met(member).sort(
      (a, b) =>
        isOther(a) - isOther(b) ||
        b.shared - a.shared ||
        b.jaccard - a.jaccard ||
        byName(members, a.member, b.member),
    );
  }

  /** Whom a member is compared with, and why these: the closest, else its region, else its kind. */
  function compared(member) {
    const rank = base.memberRank;
    const near = met(member)
      .filter(({ member: other }) => kindOf[other] === kindOf[member])
      .sort(
        (a, b) =>
          b.shared - a.shared || b.jaccard - a.jaccard || rank[a.member] - rank[b.member],
      );
    if (near.length) {
      return { basis: "peers", group: near.slice(0, COMPARED).map((peer) => peer.member) };
    }
    const alike = Array.from(exists.keys()).filter(
      (other) =>
        exists[other] &&
        other !== member &&
        kindOf[other] === kindOf[member] &&
        into[other] === other,
    );
    const region = base.region(choice.k);
    const here = alike.filter((other) => region[other] >= 0 && region[other] === region[member]);
    return here.length ? { basis: "region", group: here } : { basis: "kind", group: alike };
  }

  /** For each network, how many of some members are in it. */
  function countIn(group) {
    const count = new Int32Array(m);
    for (const one of group) for (const network of ties.ofMember.of(one)) count[network]++;
    return count;
  }

  function lacks(member, lang) {
    const byName = closestFirst(atlas, lang);
    const { basis, group } = compared(member);
    const besides = neighbours(member);
    const [peersIn, neighboursIn, own] = [group, besides, [member]].map(countIn);
    const found = [];
    for (let network = 0; network < m; network++) {
      const isArea = OF_AN_AREA.includes(atlas.networkKinds[networks.kind[network]]);
      if (own[network] || isArea || !(peersIn[network] || neighboursIn[network])) continue;
      found.push({
        network,
        neighboursIn: neighboursIn[network],
        neighbours: besides.length,
        peersIn: peersIn[network],
        compared: group.length,
        basis,
        standing: could(member, network) ? "possible" : "not_member",
      });
    }
    return found.sort(
      (a, b) =>
        b.peersIn - a.peersIn ||
        b.neighboursIn - a.neighboursIn ||
        byName(networks, a.network, b.network),
    );
  }

  function comparePlaces(a, b) {
    return compareLists(ties.ofMember.of(a), ties.ofMember.of(b));
  }

  return { shared, closest, compared, lacks, neighbours, comparePlaces };
}

/** What the view says of networks and pairs of them; `flat` has the members as they are listed. */
function networkQuestions({ base, ties, flat, choice, places, networks, could }) {
  const { atlas, m, networkRank, states, chance } = base;
  const here = states(choice.k);
  const code = (list, at) => (at < 0 ? null : list[at]);

  function state(network) {
    if (!here[network]) return null;
    const [, , list, selection, asOf, declared] = here[network];
    return {
      listStatus: code(atlas.listStatuses, list),
      selection: code(atlas.selections, selection),
      asOf,
      declared,
    };
  }

  const known = (network) => flat.size[network];

  /** Known and declared members; the share compares like with like, and is of all evidence. */
  function coverage(network) {
    const [, , , , , declared = null, , share = null, compared = null, declaredIn = null] =
      here[network] ?? [];
    const whole = !choice.evidence && share !== null;
    return {
      known: known(network),
      declared,
      declaredIn,
      share: whole ? share : null,
      compared: whole ? compared : null,
    };
  }

  /** The p-values are of what networks share when all evidence counts. */
  const chanceOf = (a, b) =>
    (choice.evidence ? null : chance(choice.k).get(Math.min(a, b) * m + Math.max(a, b))) ??
    { p: null, q: null };

  function pair(a, b, shared) {
    const [one, other] = [flat.size[a], flat.size[b]];
    const union = one + other - shared;
    const jaccard = union ? shared / union : null;
    const coefficient = shared ? shared / Math.min(one, other) : null;
    return { shared, jaccard, coefficient, ...chanceOf(a, b) };
  }

  /** The networks that share members with one, in order of their positions. */
  function meeting(network) {
    const count = new Int32Array(m);
    for (const member of flat.ofNetwork.of(network)) {
      for (const other of flat.ofMember.of(member)) count[other]++;
    }
    count[network] = 0;
    return count;
  }

  const byOverlap = (a, b) => b.shared - a.shared || b.jaccard - a.jaccard;

  function overlaps(network) {
    const found = [];
    meeting(network).forEach((shared, other) => {
      if (shared) found.push({ network: other, ...pair(network, other, shared) });
    });
    return found.sort(
      (a, b) => byOverlap(a, b) || networkRank[a.network] - networkRank[b.network],
    );
  }

  let allPairs = null;
  function pairs() {
    if (allPairs) return allPairs;
    allPairs = [];
    // In this order of the networks the sort below, which is stable, leaves ties as they should be.
    const inOrder = [...networks].sort((a, b) => networkRank[a] - networkRank[b]);
    for (const one of inOrder) {
      const count = meeting(one);
      for (const other of inOrder) {
        if (!count[other] || networkRank[one] > networkRank[other]) continue;
        allPairs.push({ a: one, b: other, ...pair(one, other, count[other]) });
      }
    }
    return allPairs.sort(byOverlap);
  }

  function standing(network) {
    const inside = new Set(ties.ofNetwork.of(network));
    const word = (place) => (could(place, network) ? "unknown" : "other");
    return new Map(places.map((place) => [place, inside.has(place) ? "member" : word(place)]));
  }

  function compareNetworks(a, b) {
    const found = compareLists(ties.ofNetwork.of(a), ties.ofNetwork.of(b));
    const { shared } = compareLists(flat.ofNetwork.of(a), flat.ofNetwork.of(b));
    // At the level of regions the lists are of regions, the overlap is of members.
    return { ...found, overlap: pair(a, b, shared) };
  }

  return { state, known, coverage, overlaps, pairs, standing, compareNetworks };
}

/** The rows of the tables, with the municipality through which a region is in a network. */
function rowQuestions({ atlas, n, m }, rows, into) {
  const byMember = groupBy(n, rows.map((i) => into[atlas.rows[i][0]]), rows);
  const byNetwork = groupBy(m, rows.map((i) => atlas.rows[i][1]), rows);
  const unfold = (i) => {
    const [member, network, role, evidence, since, until, asOf, source, counted] = atlas.rows[i];
    return {
      member: into[member],
      network,
      role: atlas.roles[role],
      evidence: atlas.evidence[evidence],
      since,
      until,
      asOf,
      source,
      counted: counted === 1,
      through: into[member] === member ? -1 : member,
    };
  };
  return {
    rowsOf: (member) => Array.from(byMember.of(member), unfold),
    rowsIn: (network) => Array.from(byNetwork.of(network), unfold),
  };
}
