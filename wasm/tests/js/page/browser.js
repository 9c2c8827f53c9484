// A browser of its own, with a fresh profile, and the page in it.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { args, executablePath } from '../support/chromium.js';
import { servePage } from './server.js';

/**
 * Does something with a fresh browser: `work` is given `{ context, url, open }`. `prepare` is given the folder
 * of its profile before. Afterwards nothing may have been reported as an error on any of its pages.
 */
export async function inBrowser(work, { prepare = () => {} } = {}) {
  const server = await servePage();
  const profile = await mkdtemp(join(tmpdir(), 'page-'));
  await prepare(profile);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args,
    acceptDownloads: true,
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(15_000);
  const complaints = [];
  const open = (before) => openPage(context, server.url, complaints, before);
  try {
    await work({ context, url: server.url, open });
    assert.deepEqual(complaints, [], 'the page reports no error and breaks no policy');
  } finally {
    await context.close();
    server.close();
    await rm(profile, { recursive: true, maxRetries: 5 });
  }
}

async function openPage(context, url, complaints, before = () => {}) {
  const page = await context.newPage();
  await before(page);
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(message.text());
    }
  });
  await page.goto(url);
  return page;
}
