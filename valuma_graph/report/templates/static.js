// The page of a network: its languages, its tables, and what paper needs.

const staticStart = () => {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll("[data-lang]")];
  const langs = buttons.map((button) => button.dataset.lang);

  const first = openingLang(langs);

  // What a cell shows in the language of the page.
  const shown = (cell) => {
    const own = cell.querySelector(`[data-l~="${root.lang}"]`);
    return (own || cell).textContent.trim();
  };

  const sort = (table, head, direction) => {
    const column = head.cellIndex;
    const numeric = head.dataset.type === "n";
    const sign = direction === "ascending" ? 1 : -1;
    const collator = new Intl.Collator(root.lang, { numeric: true });
    const rows = [...table.tBodies[0].rows].map((row) => {
      const cell = row.cells[column];
      const known = numeric ? cell.dataset.v !== undefined : shown(cell) !== "–";
      return { row, known, key: numeric ? Number(cell.dataset.v) : shown(cell) };
    });
    rows.sort((a, b) => {
      if (a.known !== b.known) return a.known ? -1 : 1; // what is not known stays last
      if (!a.known) return 0;
      return sign * (numeric ? a.key - b.key : collator.compare(a.key, b.key));
    });
    table.tBodies[0].append(...rows.map((entry) => entry.row));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
  };

  for (const box of document.querySelectorAll(".table")) {
    const table = box.querySelector("table");
    const filter = box.querySelector("input");
    const count = box.querySelector(".count");
    const nothing = box.querySelector(".nothing span");
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase()]));

    for (const head of table.tHead.rows[0].cells) {
      head.querySelector("button").addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const usual = head.classList.contains("n") ? "descending" : "ascending";
        const turned = before === "ascending" ? "descending" : "ascending";
        sort(table, head, before ? turned : usual);
      });
    }
    filter?.addEventListener("input", () => {
      const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let kept = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => texts.get(row).includes(word));
        if (!row.hidden) kept += 1;
      }
      nothing.hidden = kept > 0;
      count.value = words.length ? `${kept} / ${rows.length}` : `${rows.length}`;
    });
  }

  // The address remembers the language: #overlap&lang=sv
  const parts = () => location.hash.slice(1).split("&");
  const remember = (always) => {
    const rest = parts().filter((part) => part && !part.startsWith("lang="));
    if (always || root.lang !== first) rest.push(`lang=${root.lang}`);
    try {
      history.replaceState(null, "", `#${rest.join("&")}`);
    } catch {
      // Some browsers refuse this for files; the page works all the same.
    }
  };
  const speak = (lang) => {
    root.lang = lang;
    document.title = root.getAttribute(`data-title-${lang}`);
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    }
    // The pages of networks, and the way back, speak the same language.
    for (const link of document.querySelectorAll('a[href*=".html"]')) {
      link.hash = root.lang === first ? "" : `lang=${root.lang}`;
    }
    for (const head of document.querySelectorAll('th[aria-sort][data-type="t"]')) {
      sort(head.closest("table"), head, head.getAttribute("aria-sort"));
    }
  };
  const asked = () => {
    const part = parts().find((one) => one.startsWith("lang="));
    const lang = part ? part.slice(5) : "";
    return langs.includes(lang) ? lang : "";
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      remember(true);
    });
  }
  addEventListener("hashchange", () => {
    const lang = asked();
    if (lang && lang !== root.lang) speak(lang);
    else if (!lang && root.lang !== first) remember(false);
  });

  openingPaper();
  root.classList.add("ready");
  const opening = asked() || first;
  if (opening !== root.lang) speak(opening);
  if (asked()) {
    const target = document.getElementById(parts()[0]);
    if (target) target.scrollIntoView();
  }
};

staticStart();
