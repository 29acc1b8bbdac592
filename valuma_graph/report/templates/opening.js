// What every page does as it opens: the language that goes without saying, and what paper needs.

/**
 * Return the language of a page whose address names none. A page in English, which nobody need
 * have chosen, speaks the language of the browser, if it has it; one in Finnish or Swedish was
 * asked for.
 *
 * @param {string[]} langs The languages of the page.
 * @returns {string}
 */
const openingLang = (langs) => {
  const made = document.documentElement.lang;
  const wanted = (navigator.languages || []).map((tag) => tag.split("-")[0].toLowerCase());
  return (made === "en" && wanted.find((lang) => langs.includes(lang))) || made;
};

/** Paper cannot be clicked: what explains the numbers is printed open. */
const openingPaper = () => {
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
