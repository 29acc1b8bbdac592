// The panel when nothing is chosen: the headline figures, and how to begin.

/**
 * Write the panel of a state in which nothing is chosen.
 *
 * @param {Object} parts `words`, `link` (addresses) and `dossier`, the common parts of panels.
 * @returns {{start: Function}}
 */
const makeOverview = ({ words, link, dossier }) => {
  const { t, part } = dossier;

  const headline = (view) => {
    const { networks, memberships, members: inside, reached, places: total } = view.counts();
    const complete = view.networks.filter((n) => view.state(n).listStatus === "complete").length;
    const figures = [
      {
        number: words.number(networks),
        label: t("figure.networks", { n: networks }),
        href: link.table("networks"),
      },
      { number: words.number(memberships), label: t("figure.memberships", { n: memberships }) },
    ];
    if (total) {
      const values = { n: words.number(reached), total: words.number(total) };
      figures.push({
        number: t("figure.of", values),
        label: t(`figure.${view.level}`),
        href: link.table(view.level),
      });
    } else {
      figures.push({
        number: words.number(inside),
        label: t("figure.member"),
        href: link.table("other"),
      });
    }
    const whole = { n: words.number(complete), total: words.number(networks) };
    return nodesFigures([...figures, { number: t("figure.of", whole), label: t("figure.lists") }]);
  };

  const statuses = (view) => {
    const judged = view.places.length ? view.places : view.others;
    const counts = new Map();
    for (const m of judged) counts.set(view.status[m], (counts.get(view.status[m]) ?? 0) + 1);
    const level = view.places.length ? view.level : "other";
    return dom(
      "dl",
      { class: "meanings" },
      STATE_STATUSES.map((status) => {
        const n = counts.get(status) ?? 0;
        const word = dom("span", { class: `tone ${status}` }, words.t(`status.${status}`));
        const number = words.number(n);
        const count = n ? dom("a", { href: link.table(level, status) }, number) : number;
        return [
          dom("dt", {}, word, dom("span", { class: "tally" }, count)),
          dom("dd", {}, words.t(`status_means.${status}`)),
        ];
      }),
    );
  };

  /** Return the panel when nothing is chosen. */
  const start = (view) => {
    const steps = ["begin.network", "begin.share"];
    steps.unshift(view.places.length ? "begin.search" : "begin.search_any");
    return [
      dom("h3", { id: "panel-title", tabindex: "-1" }, t("now")),
      headline(view),
      part(
        t("begin.title"),
        dom(
          "ol",
          { class: "steps" },
          steps.map((step) => dom("li", {}, t(step))),
        ),
      ),
      part(t("statuses"), statuses(view)),
    ];
  };

  return { start };
};
