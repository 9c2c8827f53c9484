// Loaded apart from the rest, so that a page whose package cannot be loaded says so.
import('./app.js')
  .then(({ start }) => start())
  .catch((error) => {
    console.error(error);
    const text = document.createElement('p');
    text.textContent =
      'The page could not load its engine. If it is served from a checkout, build the package first '
      + '(wasm/build); otherwise check the connection. Then reload the page.';
    document.getElementById('view').replaceChildren(text);
  });
