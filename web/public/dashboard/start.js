// Runs before anything is painted: the colours, the language, and the token of a sign-in link.
// The token leaves the address before a router, a history entry or a referrer could keep it.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("rapport.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.lang = localStorage.getItem("rapport.language") || (navigator.language.indexOf("ru") === 0 ? "ru" : "en");
  } catch (_) {
    root.lang = "en";
  }
  function take() {
    var found = /[#&]token=([^&]*)/.exec(location.hash);
    if (!found) return;
    window.__rapportToken = found[1];
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  take();
  window.addEventListener("hashchange", take); // a link followed on a page that is open loads nothing
})();
