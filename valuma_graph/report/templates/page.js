// The page: its parts put together, its languages, and what paper needs.

const pageStart = () => {
  const root = document.documentElement;
  const atlas = unpacked(JSON.parse(document.getElementById("atlas").textContent));
  const words = makeWords(atlas);
  const engine = makeEngine(atlas);

  root.classList.add("ready"); // what is measured must be shown first
  const explorer = makeExplorer({ atlas, engine, words });
  explorer.start(openingLang(atlas.langs));
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => explorer.speak(button.dataset.lang));
  }
  nodesTongues(atlas, words);
  globalThis.valuma = { atlas, engine, words, explorer };
  openingPaper();
};

pageStart();
