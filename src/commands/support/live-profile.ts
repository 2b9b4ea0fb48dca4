import { readConfig } from "../../core/config.ts";
import { canonicalJson } from "../../core/json.ts";
import type { Mlc } from "../../mlc.ts";

/**
 * A profile that the loops of one process work with for years. It is opened anew when its config changed, or is doubted, and
 * only while nothing runs on it: two open ones would wait for each other's lock.
 */
export class LiveProfile {
  #mlc: Mlc;
  readonly #open: () => Promise<Mlc>;
  #users = 0;
  /** The config is another one than that of what runs. */
  #isStale = false;
  /** A credential or setting was refused: it may have been mended elsewhere since. */
  #isDoubtful = false;
  /** One look at a time, or two could open two. */
  #looking: Promise<boolean> = Promise.resolve(true);
  #waiting: (() => void)[] = [];

  constructor(mlc: Mlc, open: () => Promise<Mlc>) {
    this.#mlc = mlc;
    this.#open = open;
  }

  /** As it was opened last. */
  get mlc(): Mlc {
    return this.#mlc;
  }

  /** Does work on the profile; where somebody changed it, once what runs on the old one has ended. Throws ConfigError. */
  async use<T>(work: (mlc: Mlc) => Promise<T>): Promise<T> {
    while (this.#isStale && !(await this.refresh())) await this.#left();
    this.#users += 1;
    try {
      return await work(this.#mlc);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) for (const go of this.#waiting.splice(0)) go();
    }
  }

  /** Has it opened anew at the next chance. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Takes over what somebody changed; false while something runs on what was before. Throws ConfigError. */
  refresh(): Promise<boolean> {
    const look = this.#looking.catch(() => true).then(() => this.#look());
    this.#looking = look;
    return look;
  }

  /** Resolves once nothing runs. */
  async #left(): Promise<void> {
    if (this.#users === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  async #look(): Promise<boolean> {
    const { disk, settings } = this.#mlc;
    this.#isStale = canonicalJson(await readConfig(disk, settings.file)) !== canonicalJson(settings.current);
    if (this.#users > 0) return !this.#isStale;
    if (this.#isStale || this.#isDoubtful) this.#mlc = await this.#openAnew();
    [this.#isStale, this.#isDoubtful] = [false, false];
    return true;
  }

  /** Work that begins while the other one is opened waits for that. */
  async #openAnew(): Promise<Mlc> {
    this.#isStale = true;
    return this.#open();
  }
}
