import { expect, it } from "vitest";
import { LiveProfile } from "../../src/commands/support/live-profile.ts";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { writeConfig } from "../../src/core/config.ts";
import type { Mlc } from "../../src/mlc.ts";
import { profileOnDisk } from "../profile.ts";

async function live() {
  const clock = jumpingClock(new Date("2026-11-22T03:00:00Z"));
  const { open, remove } = await profileOnDisk({
    ...{ clock, fetch, secrets: { "fno.clientSecret": sandboxCredentials.clientSecret } },
  });
  const opened: Mlc[] = [];
  const counted = async () => {
    const mlc = await open();
    opened.push(mlc);
    return mlc;
  };
  const profile = new LiveProfile(await open(), counted);
  const { disk, settings } = profile.mlc;
  const change = (days: number) =>
    writeConfig(disk, settings.file, { schema: 1, secrets: "vault", retention: { inbox: days } });
  return { profile, opened, change, remove };
}

/** Work that ends when it is told to. */
function held() {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end: () => end() };
}

it("a change waits for what runs, and what begins meanwhile waits for the change", async () => {
  const { profile, opened, change, remove } = await live();
  const before = profile.mlc;
  const long = held();
  const running = profile.use(long.work);
  await change(7);
  expect(await profile.refresh()).toBe(false);
  const seen: Mlc[] = [];
  const next = [1, 2].map(() => profile.use(async (mlc) => void seen.push(mlc)));
  // It reads the config meanwhile.
  await profile.refresh();
  await new Promise((resolve) => setImmediate(resolve));
  expect([seen, profile.mlc === before]).toEqual([[], true]);
  long.end();
  await Promise.all([running, ...next]);
  expect([opened.length, seen.every((mlc) => mlc === opened[0]), profile.mlc === opened[0]]).toEqual([1, true, true]);
  remove();
});

it("without a change nothing waits and nothing is opened, until it is doubted", async () => {
  const { profile, opened, remove } = await live();
  const long = held();
  const running = profile.use(long.work);
  expect(await profile.refresh()).toBe(true);
  await profile.use(async () => undefined);
  profile.doubt();
  expect([await profile.refresh(), opened.length]).toEqual([true, 0]);
  long.end();
  await running;
  await Promise.all([profile.refresh(), profile.refresh()]);
  expect(opened).toHaveLength(1);
  remove();
});
