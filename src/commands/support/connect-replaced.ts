import { Secret } from "../../core/secret.ts";
import type { Mlc } from "../../mlc.ts";
import type { Trial } from "../../systems/open.ts";

/**
 * Secrets that a system replaced while it was tried, refresh tokens say. One that is kept already is replaced there at once,
 * since it is good for nothing any more; one that was typed is kept with the rest.
 */
export class ReplacedSecrets {
  readonly #next = new Map<string, string>();

  /** What took the place of a value, or itself. */
  latest(value: string): string {
    const next = this.#next.get(value);
    return next === undefined ? value : this.latest(next);
  }

  /** What a system that is tried with these secrets does with those that it replaces. */
  trialOf({ mlc, system, secrets }: TrialOf): Trial {
    const own = (name: string) => {
      const given = secrets[name]?.reveal();
      return given === undefined ? undefined : this.latest(given);
    };
    return {
      keepSecret: async (name, value) => {
        const before = own(name);
        const stored = (await mlc.secretsOf(system))[name]?.reveal();
        if (before === undefined || before === stored) await mlc.settings.keepSecret(`${system}.${name}`, value);
        if (before !== undefined && before !== value) this.#next.set(before, value);
      },
      readSecret: async (name) => {
        const value = own(name);
        const stored = (await mlc.secretsOf(system))[name]?.reveal();
        if (value === undefined || value === stored) return mlc.settings.readSecret(`${system}.${name}`);
        return { value: new Secret(value) };
      },
    };
  }
}

/** A system that is tried. */
interface TrialOf {
  mlc: { secretsOf: Mlc["secretsOf"]; settings: Pick<Mlc["settings"], "keepSecret" | "readSecret"> };
  system: string;
  secrets: Readonly<Record<string, Secret>>;
}
