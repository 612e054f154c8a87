// The switch between light and dark. Where the choice is what the system says anyway, nothing is remembered.

const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {boolean} whether the page is dark now */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/** @param {string | null} theme the theme to keep for the next pages; null to follow the system */
function remember(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Then the choice holds for this page.
  }
}

/** Make the theme switch work. */
export function watchTheme() {
  const button = document.querySelector(".theme-switch");
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const dark = !isDark();
    if (dark === system.matches) {
      delete document.documentElement.dataset.theme;
      remember(null);
    } else {
      document.documentElement.dataset.theme = dark ? "dark" : "light";
      remember(dark ? "dark" : "light");
    }
    show();
  });
  system.addEventListener("change", show);
  show();
}
