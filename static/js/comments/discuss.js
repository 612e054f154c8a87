// "Discuss this claim": ties the page's composer to the claim, which stands above the text and can be taken off again. On
// a page without a composer the link leads to the claim's own page, where its discussion is.

/** @param {HTMLFormElement} form @param {string} id @param {string} words */
function tie(form, id, words) {
  untie(form);
  form.elements.claim_id.value = id;
  const line = document.createElement("p");
  line.className = "composer-about";
  const off = document.createElement("button");
  off.type = "button";
  off.className = "button-quiet";
  off.textContent = "Not about this claim";
  off.addEventListener("click", () => {
    untie(form);
    form.elements.body.focus();
  });
  line.append(`About: ${words} `, off);
  form.prepend(line);
}

/** @param {HTMLFormElement} form */
function untie(form) {
  form.elements.claim_id.value = "";
  form.querySelector(":scope > .composer-about")?.remove();
}

/** Open the composer for a claim, on the pages that have one. */
export function watchDiscussing() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-discuss]");
    const form = document.querySelector("#article ~ #comments > [data-composer]");
    if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tie(form, link.dataset.discuss, link.dataset.words);
    form.elements.body.focus();
    form.scrollIntoView({ block: "center" });
  });
  document.addEventListener("reader:sent", ({ target }) => {
    if (target.querySelector(":scope > .composer-about")) untie(target);
  });
}
