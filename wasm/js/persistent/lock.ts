import { TournamentError, busy, unavailable } from '../errors.js';

export interface Waiting {
  /** Whether to wait until the lock is free. */
  wait: boolean;
  /** Ends the wait. */
  signal: AbortSignal | undefined;
}

/**
 * Takes the lock of this name, which the browser gives to one holder at a time and takes back when its page is
 * gone, and gives what lets go of it. `null` where the browser has no locks, as on pages that are not served
 * securely: there whoever opens a store last is the one that writes to it.
 */
export function takeLock(name: string, { wait, signal }: Waiting): Promise<(() => void) | null> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const options = wait ? { ...(signal && { signal }) } : { ifAvailable: true };
    const request = locks.request(name, options, (lock) => {
      if (lock === null) throw busy('it is open already, here or in another tab; close it there, or open it with `wait`');
      return new Promise<void>((letGo) => resolve(letGo));
    });
    request.catch((error) => {
      if (error instanceof TournamentError) reject(error);
      else if (signal?.aborted) reject(busy('it was not let go of while this waited', { cause: error }));
      // Where storage is forbidden, locks are too; opening the database will tell.
      else if (error instanceof DOMException && error.name === 'SecurityError') resolve(null);
      else reject(unavailable('the browser does not say whether it is open elsewhere', { cause: error }));
    });
  });
}
