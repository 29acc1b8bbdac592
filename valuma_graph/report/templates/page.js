// The page: its parts put together, its languages, and what paper needs.

const pageStart = () => {
  const root = document.documentElement;
  const atlas = unpacked(JSON.parse(document.getElementById("atlas").textContent));
  const words = makeWords(atlas);
  const engine = makeEngine(atlas);

  // Without a language in the address, a page in English, which nobody need have chosen, speaks
  // the language of the browser, if it has it; one in Finnish or Swedish was asked for.
  const wanted = (navigator.languages || []).map((tag) => tag.split("-")[0].toLowerCase());
  const own = wanted.find((lang) => atlas.langs.includes(lang));
  const usual = (root.lang === "en" && own) || root.lang;

  root.classList.add("ready"); // what is measured must be shown first
  const explorer = makeExplorer({ atlas, engine, words });
  explorer.start(usual);
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => explorer.speak(button.dataset.lang));
  }
  nodesTongues(atlas, words);
  globalThis.valuma = { atlas, engine, words, explorer };

  // Paper cannot be clicked: what explains the numbers is printed open.
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details.explains:not([open])")) {
      one.open = true;
      one.classList.add("for-print");
    }
  });
  addEventListener("afterprint", () => {
    for (const one of document.querySelectorAll("details.for-print")) {
      one.open = false;
      one.classList.remove("for-print");
    }
  });
};

pageStart();
