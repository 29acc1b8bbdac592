// The sentences of the page as they are written out: key, values by name, source.

/**
 * Write out what the data has packed: each sentence as [key, {name: value}, source].
 *
 * @param {Object} atlas The data of the page, with `phrases` (keys and the names of their values) and
 *   `links` (the addresses that values lead to).
 * @returns {Object} The same data, `prose` written out.
 */
const unpacked = (atlas) => {
  const linked = (value) =>
    Array.isArray(value) && value[0] === "a" ? ["a", atlas.links[value[1]], value[2]] : value;
  const sentence = ([phrase, ...told]) => {
    const [key, names] = atlas.phrases[phrase];
    const values = Object.fromEntries(names.map((name, k) => [name, linked(told[k])]));
    return [key, values, told[names.length] ?? -1];
  };
  const each = (part, write) =>
    Object.fromEntries(Object.entries(part).map(([at, one]) => [at, write(one)]));
  const prose = each(atlas.prose, (part) => each(part, (said) => said.map(sentence)));
  return { ...atlas, prose };
};
