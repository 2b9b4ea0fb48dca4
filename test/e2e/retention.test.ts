import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openWorld } from "./world.ts";

const day = 86_400_000;
let world: Awaited<ReturnType<typeof openWorld>>;
afterEach(() => world.close());

/** A world whose inbox holds a body of the day before the clock's. */
async function withInbox(retention: Record<string, unknown>) {
  world = await openWorld({ seeded: false });
  const mlc = await world.open();
  await mlc.settings.save({ ...mlc.config, retention });
  const inbox = join(mlc.dir, "inbox");
  await mlc.disk.makeDirectory(inbox);
  await mlc.disk.write(join(inbox, "body.json"), Buffer.from("{}"));
  const at = new Date(world.clock.now().getTime() - day);
  await utimes(join(inbox, "body.json"), at, at);
  const sync = async (dryRun = false) => (await world.open()).sync({ command: "sync", dryRun });
  return { sync, left: () => readdir(inbox) };
}

it("a run removes what is older than the settings keep it, a dry run nothing", async () => {
  const { sync, left } = await withInbox({ inbox: 2 });
  expect(await sync()).toMatchObject({ exitCode: 0 });
  expect(await left()).toEqual(["body.json"]);
  world.clock.advance(2 * day);
  await sync(true);
  expect(await left()).toEqual(["body.json"]);
  await sync();
  expect(await left()).toEqual([]);
});

it("what cannot be removed is told with the run's report and its exit code", async () => {
  const { sync, left } = await withInbox({ inbox: "soon" });
  expect(await sync()).toMatchObject({
    exitCode: 6,
    error: { kind: "ConfigError", message: expect.stringMatching(/inbox/) },
  });
  expect(await left()).toEqual(["body.json"]);
});
