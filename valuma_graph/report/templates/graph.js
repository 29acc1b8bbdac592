/*
 * A two-mode graph of members and networks: its ties, peers, components and single threads, as
 * `valuma_graph.measures` has them. Each function takes time in proportion to the ties.
 */

/**
 * Lists of numbers by key.
 * @param {number} n number of keys
 * @param {ArrayLike<number>} keys key of each item
 * @param {ArrayLike<number>} items
 * @returns {{start: Int32Array, items: Int32Array, of: (key: number) => Int32Array}}
 */
function groupBy(n, keys, items) {
  const start = new Int32Array(n + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i] + 1]++;
  for (let key = 0; key < n; key++) start[key + 1] += start[key];
  const next = start.slice(0, n);
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) sorted[next[keys[i]]++] = items[i];
  return { start, items: sorted, of: (key) => sorted.subarray(start[key], start[key + 1]) };
}

/** The key of each item of such lists. */
function keysOf({ start, items }) {
  const keys = new Int32Array(items.length);
  for (let key = 0; key + 1 < start.length; key++) keys.fill(key, start[key], start[key + 1]);
  return keys;
}

/**
 * The ties of a two-mode graph, each once, from both sides, in ascending order.
 * @param {number} n members
 * @param {number} m networks
 * @param {ArrayLike<number>} from member of each tie
 * @param {ArrayLike<number>} to network of each tie
 * @returns {object} `n`, `m`, `ofMember` and `ofNetwork` (lists), `degree` and `size`
 */
function tieUp(n, m, from, to) {
  const byNetwork = groupBy(m, to, from);
  const sorted = groupBy(n, byNetwork.items, keysOf(byNetwork));
  const owner = keysOf(sorted);
  const once = sorted.items.map((network, i) =>
    i && owner[i] === owner[i - 1] && network === sorted.items[i - 1] ? -1 : network,
  );
  const ofMember = groupBy(n, owner.filter((_, i) => once[i] >= 0), once.filter((x) => x >= 0));
  const ofNetwork = groupBy(m, ofMember.items, keysOf(ofMember));
  const count = ({ start }) => start.subarray(1).map((end, i) => end - start[i]);
  return { n, m, ofMember, ofNetwork, degree: count(ofMember), size: count(ofNetwork) };
}

/**
 * For each member, how many others it meets: the union of its networks, as bits.
 * @param {object} ties
 * @returns {Int32Array}
 */
function countPeers({ n, m, ofMember, ofNetwork, degree }) {
  const width = (n + 31) >>> 5;
  const bits = new Uint32Array(m * width);
  for (let network = 0; network < m; network++) {
    for (const member of ofNetwork.of(network)) {
      bits[network * width + (member >>> 5)] |= 1 << (member & 31);
    }
  }
  const peers = new Int32Array(n);
  const met = new Uint32Array(width);
  for (let member = 0; member < n; member++) {
    if (!degree[member]) continue;
    met.fill(0);
    for (const network of ofMember.of(member)) {
      for (let i = 0, at = network * width; i < width; i++) met[i] |= bits[at + i];
    }
    peers[member] = met.reduce((sum, word) => sum + bitsIn(word), -1);
  }
  return peers;
}

/** The number of bits that are set in 32. */
function bitsIn(word) {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Number the components of the members: 1 has most members, then most networks, then the member
 * whose id comes first (`cohesion.number_by_size`); 0 for a member without a network.
 * @param {object} ties
 * @param {Int32Array} idRank rank of each member's id
 * @returns {Int32Array}
 */
function numberComponents({ n, m, ofMember, ofNetwork, degree }, idRank) {
  const label = new Int32Array(n).fill(-1);
  const seen = new Uint8Array(m);
  const found = [];
  for (let root = 0; root < n; root++) {
    if (!degree[root] || label[root] >= 0) continue;
    const part = { at: found.length, members: [root], networks: 0, first: idRank[root] };
    label[root] = part.at;
    found.push(part);
    for (const member of part.members) {
      part.first = Math.min(part.first, idRank[member]);
      for (const network of ofMember.of(member)) {
        if (seen[network]) continue;
        seen[network] = 1;
        part.networks++;
        for (const other of ofNetwork.of(network)) {
          if (label[other] < 0) part.members.push(other);
          label[other] = part.at;
        }
      }
    }
  }
  found.sort(
    (a, b) => b.members.length - a.members.length || b.networks - a.networks || a.first - b.first,
  );
  const number = new Int32Array(found.length);
  found.forEach((part, i) => (number[part.at] = i + 1));
  return label.map((at) => (at < 0 ? 0 : number[at]));
}

/**
 * For each member the nearest network without which it is cut off from a larger part of its
 * component, -1 for none (`cohesion.cuts`). Members of one network weigh on it, and have none.
 *
 * The graph is cut into its biconnected blocks (Hopcroft & Tarjan 1973); blocks and vertices form
 * a tree, in which the larger part always lies towards the centre.
 * @param {object} ties
 * @returns {Int32Array}
 */
function findCuts(ties) {
  const { n, m, ofMember, degree } = ties;
  const weight = new Array(n + m).fill(0);
  for (let member = 0; member < n; member++) {
    if (degree[member] > 1) weight[member] = 1;
    if (degree[member] === 1) weight[n + ofMember.of(member)[0]]++;
  }
  const forest = growBlocks(ties, weight);
  for (const tree of forest.trees) turnToCentre(forest, tree, n + m);
  return degree.map((count, member) => (count > 1 ? nearestCut(forest, member, n, m) : -1));
}

/**
 * Blocks as nodes behind the n + m vertices. Of every node: `towards` the next one in the
 * direction of the root, and `below` the weight of it and all behind it.
 */
function growBlocks({ n, m, ofMember, ofNetwork, degree }, weight) {
  const forest = { towards: new Array(n + m).fill(-1), below: weight, trees: [], known: [] };
  const seen = new Int32Array(n + m);
  const low = new Int32Array(n + m);
  const next = new Int32Array(n + m);
  let time = 0;
  for (let root = 0; root < n; root++) {
    if (seen[root] || degree[root] < 2) continue;
    const tree = { root, vertices: [root], firstBlock: forest.below.length };
    const path = [root];
    const open = [root];
    seen[root] = low[root] = ++time;
    while (path.length) {
      const v = path.at(-1);
      const list = v < n ? ofMember.of(v) : ofNetwork.of(v - n);
      if (next[v] === list.length) {
        path.pop();
        const above = path.at(-1);
        if (above === undefined) break;
        low[above] = Math.min(low[above], low[v]);
        if (low[v] >= seen[above]) closeBlock(forest, open, v, above);
        continue;
      }
      const w = list[next[v]++] + (v < n ? n : 0);
      if (w < n && degree[w] < 2) continue;
      if (seen[w]) {
        low[v] = Math.min(low[v], seen[w]);
        continue;
      }
      seen[w] = low[w] = ++time;
      for (const stack of [path, open, tree.vertices]) stack.push(w);
    }
    forest.trees.push({ ...tree, lastBlock: forest.below.length });
  }
  return forest;
}

/** All vertices opened since one lie in a block with it and with the vertex above it. */
function closeBlock({ towards, below }, open, vertex, above) {
  const block = towards.push(above) - 1;
  let sum = 0;
  let v = -1;
  while (v !== vertex) {
    v = open.pop();
    towards[v] = block;
    sum += below[v];
  }
  below.push(sum);
  below[above] += sum;
}

/**
 * Root a tree at its centre. Sets `largest`, the heaviest branch of each vertex, and `branch`,
 * the weight of that branch of the next vertex in which a block lies.
 */
function turnToCentre(forest, { root, vertices, firstBlock, lastBlock }, size) {
  const { towards, below } = forest;
  forest.largest ??= new Int32Array(size);
  forest.branch ??= [...below];
  const total = below[root];
  for (const v of vertices) forest.largest[v] = v === root ? 0 : total - below[v];
  const heavy = vertices.filter((v) => 2 * below[v] > total);
  for (let block = firstBlock; block < lastBlock; block++) {
    const v = towards[block];
    forest.largest[v] = Math.max(forest.largest[v], below[block]);
    if (2 * below[block] > total) heavy.push(block);
  }
  const above = new Set(heavy.map((node) => towards[node]));
  let node = heavy.find((one) => !above.has(one)) ?? root;
  for (let next = -1; node !== -1; ) {
    const former = towards[node];
    towards[node] = next;
    if (node >= size && next !== -1) forest.branch[node] = total - below[next];
    [next, node] = [node, former];
  }
}

/** The first network on the way to the centre whose branch here is not its largest. */
function nearestCut({ towards, largest, branch, known }, member, n, m) {
  const way = [];
  let node = member;
  let found;
  for (;;) {
    found = known[node];
    if (found !== undefined) break;
    way.push(node);
    const next = towards[node];
    const isCut = node >= n + m && next >= n && branch[node] < largest[next];
    if (next === -1 || isCut) {
      found = isCut ? next - n : -1;
      break;
    }
    node = next;
  }
  for (const passed of way) known[passed] = found;
  return found;
}
