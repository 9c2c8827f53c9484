/** Now, but not before another time: a clock may have been put back. */
export function nowOrLater(than) {
  const now = new Date();
  return than !== null && new Date(than) > now ? than : now.toISOString();
}
