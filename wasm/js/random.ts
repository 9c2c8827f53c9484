/** What is drawn at once: to ask for the few bytes of each new id takes longer than all else about a row. */
const pool = new Uint8Array(4096);
let used = pool.length;

/** Fills an array with random bytes, of the same source as `crypto.getRandomValues`. */
export function fillRandomly(bytes: Uint8Array<ArrayBuffer>): void {
  if (bytes.length > pool.length) {
    crypto.getRandomValues(bytes);
    return;
  }
  if (used + bytes.length > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  bytes.set(pool.subarray(used, used + bytes.length));
  used += bytes.length;
}
