// Loaded before the first paint, so that a theme chosen earlier is there from the start.
document.documentElement.dataset.js = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing for this site follows the system, as without a choice.
}
