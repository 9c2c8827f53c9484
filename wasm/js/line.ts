/** For how long nobody may leave the line, in milliseconds, before the next goes on beside who is at work. */
const PATIENCE = 5_000;

/**
 * The line in which transactions stand once one has been overtaken.
 *
 * While none is, they run side by side and meet when they commit. One that was overtaken, and every one that
 * begins from then on, goes after those before it, until nobody waits any more: so none is overtaken again and
 * again. One that is at work for long, or that waits for one within itself, does not hold up the line for ever:
 * where nothing moves for {@link PATIENCE}, the next goes on beside it.
 */
export class Line {
  readonly #waiting: (() => void)[] = [];
  #atWork = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether transactions that begin stand in line. */
  get isFormed(): boolean {
    return this.#atWork > 0;
  }

  /** Runs something when its turn has come. */
  async inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = new Promise<void>((go) => this.#waiting.push(go));
    if (this.#atWork === 0) this.#callNext();
    else if (this.#waiting.length === 1) this.#beginToWait();
    await turn;
    try {
      return await run();
    } finally {
      this.#atWork -= 1;
      if (this.#atWork === 0) this.#callNext();
      else this.#beginToWait();
    }
  }

  #callNext(): void {
    const go = this.#waiting.shift();
    if (go) {
      this.#atWork += 1;
      go();
    }
    this.#beginToWait();
  }

  #beginToWait(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#waiting.length > 0 ? setTimeout(() => this.#callNext(), PATIENCE) : undefined;
  }
}
