// Which browser the tests drive, and how it is started.

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** As root, without a graphics card, and without calls home. */
export const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
