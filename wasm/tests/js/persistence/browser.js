// A real Chromium of its own folder, which can be closed, killed and started again on what it kept.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { chromium } from 'playwright-core';

import { args, executablePath } from '../support/chromium.js';

const FLAGS = [...args, '--headless', '--no-first-run', '--remote-debugging-port=0'];

/** A new folder for what a browser keeps. */
export function makeProfile() {
  return mkdtemp(path.join(tmpdir(), 'tournament-browser-'));
}

/** Removes it, once its browser has ended. */
export function removeProfile(folder) {
  return rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Starts the browser of this folder. */
export async function startBrowser(folder) {
  const child = spawn(executablePath, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  // It leads a group of its own, so it would outlive whoever started it.
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', end);
  gone.then(() => process.off('exit', end));
  const browser = await chromium.connectOverCDP(await address(child)).catch((error) => {
    end();
    throw error;
  });
  const context = browser.contexts()[0];
  return {
    context,
    /**
     * Chromium keeps a process ready for the next page; it was killed with the others, which may not be noticed
     * yet.
     */
    newPage: () =>
      context.newPage().catch((error) => {
        if (!/Target crashed/.test(error.message)) throw error;
        return context.newPage();
      }),
    /** Ends it as a person would. */
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => {});
      await gone;
    },
    /** Ends every page in the middle of whatever it does. */
    async killPages() {
      for (const pid of await renderers(child.pid)) process.kill(pid, 'SIGKILL');
    },
  };
}

/** The processes in which this browser runs pages: those of its group, which it leads. */
async function renderers(group) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))) {
    // A process may be gone by now.
    const [stat, command] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const itsGroup = Number(stat.slice(stat.lastIndexOf(')') + 1).trim().split(' ')[2]);
    if (itsGroup === group && command.includes('--type=renderer')) found.push(Number(pid));
  }
  return found;
}

/** Where the browser listens, which it says on standard error. */
function address(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', () => reject(new Error(`Chromium ended before it listened:\n${said}`)));
    setTimeout(() => reject(new Error(`Chromium does not listen:\n${said}`)), 60_000).unref();
  });
}
