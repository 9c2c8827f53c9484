// What runs in the page: `td` is the package, `records` what is kept of a store, as it lies in IndexedDB.

/** Opens a page with the package in it. */
export async function openPage(browser, url, prepare) {
  const page = await browser.newPage();
  if (prepare) await page.addInitScript(prepare);
  await page.goto(url);
  await page.evaluate(async () => {
    globalThis.td = await import('/browser.js');

    const request = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const open = (name) => request(indexedDB.open(`tournament-director/${name}`));

    /** The records of a store and its snapshot. */
    globalThis.kept = async (name) => {
      const database = await open(name);
      const stores = database.transaction(['journal', 'snapshot', 'damaged']);
      const [numbers, records, snapshot, damaged] = await Promise.all([
        request(stores.objectStore('journal').getAllKeys()),
        request(stores.objectStore('journal').getAll()),
        request(stores.objectStore('snapshot').get('latest')),
        request(stores.objectStore('damaged').getAll()),
      ]);
      database.close();
      return { numbers, records, snapshot, damaged };
    };

    /** Puts other records in their place. */
    globalThis.keep = async (name, { numbers, records, snapshot }) => {
      const database = await open(name);
      const stores = database.transaction(['journal', 'snapshot'], 'readwrite');
      stores.objectStore('journal').clear();
      stores.objectStore('snapshot').clear();
      numbers.forEach((number, place) => stores.objectStore('journal').put(records[place], number));
      if (snapshot) stores.objectStore('snapshot').put(snapshot, 'latest');
      await new Promise((resolve) => (stores.oncomplete = resolve));
      database.close();
    };

    /** What a call rejects with, or `null`. */
    globalThis.refusal = async (call) => {
      try {
        await call();
        return null;
      } catch (error) {
        return { code: error.code, message: error.message };
      }
    };

    /** A tournament to write to. */
    globalThis.event = async (store) => {
      const organiser = await store.players.create({ name: 'Olga Organiser' });
      const venue = await store.venues.create({ name: 'The Copper Lantern' });
      const format = await store.formats.create({
        name: 'Pauper',
        game_system: 'magic_the_gathering',
        base_format: 'constructed',
        card_pool: 'Commons',
      });
      return store.tournaments.create({
        name: 'Friday Night',
        format_id: format.id,
        venue_id: venue.id,
        created_by: organiser.id,
      });
    };
  });
  return page;
}
