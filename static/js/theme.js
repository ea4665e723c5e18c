// A classic script in the head: the theme stands before the first paint, so that a dark desk never flashes white.
(() => {
  let chosen = null;
  try {
    chosen = JSON.parse(localStorage.getItem('sendfix.theme'));
  } catch {
    chosen = null; // storage is off: follow the system
  }
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
