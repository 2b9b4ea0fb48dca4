type Env = Readonly<Record<string, string | undefined>>;

/** The name of the person's own time zone: what `MLC_ZONE` says, else the machine's. */
export function personsZone(env: Env): string {
  return env.MLC_ZONE || inPersonsZone(env, () => Intl.DateTimeFormat().resolvedOptions().timeZone) || "UTC";
}

/** Does something while Date's own getters read the clock on the person's wall; all else of mlc is in UTC. */
export function inPersonsZone<T>(env: Env, work: () => T): T {
  const { TZ } = process.env;
  // Bin set the process to UTC and kept what `TZ` was; where that is empty, the system's setting holds.
  const zone = env.MLC_ZONE || (env.MLC_HOST_TZ ?? "UTC");
  try {
    if (zone === "") delete process.env.TZ;
    else process.env.TZ = zone;
    return work();
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
}

/** An instant as `inPersonsZone` shows it: `2026-11-21 17:00:00`. Unlike Intl, Date is there at once. */
export function shownTime(instant: string): string {
  const at = new Date(instant);
  const shown = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shown.toISOString().slice(0, 19).replace("T", " ");
}
