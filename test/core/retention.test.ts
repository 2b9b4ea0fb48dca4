import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { noFailpoint } from "../../src/core/failpoint.ts";
import { type Retention, removeOld } from "../../src/core/retention.ts";
import { machineDisk } from "../../src/core/state/disk.ts";

const day = 86_400_000;
const now = new Date("2026-11-21T16:00:00Z");
let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "mlc-retention-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function file(name: string, ageDays: number): Promise<void> {
  const path = join(dir, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "x");
  const at = new Date(now.getTime() - ageDays * day);
  await utimes(path, at, at);
}

const files = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== "retention.json")
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

function remove(retention: Partial<Retention>, at = now) {
  const macKey = async () => Buffer.alloc(32, 7);
  const all: Retention = { logs: "keep", labels: "keep", inbox: 30, ...retention };
  const alone = <T>(_pair: string, _flow: string, work: () => Promise<T>) => work();
  return removeOld(all, { disk: machineDisk("linux"), dir, now: at, failpoint: noFailpoint, macKey, alone });
}

it("old inbox bodies and labels go after their days, and documents' directories with their last label", async () => {
  await file("inbox/a.json", 31);
  await file("inbox/b.json", 29);
  await file("labels/SO-1/1Z1.pdf", 400);
  await file("labels/SO-2/1Z2.pdf", 400);
  await file("labels/SO-2/1Z3.pdf", 10);
  await remove({});
  expect(await files()).toEqual(["inbox/b.json", "labels/SO-1/1Z1.pdf", "labels/SO-2/1Z2.pdf", "labels/SO-2/1Z3.pdf"]);
  await remove({ labels: 365, inbox: "keep" }, new Date(now.getTime() + day));
  expect(await files()).toEqual(["inbox/b.json", "labels/SO-2/1Z3.pdf"]);
  expect(await readdir(join(dir, "labels"))).toEqual(["SO-2"]);
});

it("looks once a day, and again when the note of it is damaged or the clock was wrong", async () => {
  await remove({});
  await file("inbox/a.json", 31);
  await remove({}, new Date(now.getTime() + day - 1));
  expect(await files()).toEqual(["inbox/a.json"]);
  await remove({}, new Date(now.getTime() + day));
  expect(await files()).toEqual([]);
  await file("inbox/a.json", 60);
  await remove({}, new Date(now.getTime() - 2 * day));
  expect(await files()).toEqual([]);
  await file("inbox/a.json", 60);
  await writeFile(join(dir, "retention.json"), "{");
  await remove({});
  expect(await files()).toEqual([]);
});

it("touches nothing that is not a label or an inbox body, and needs neither to be there", async () => {
  await file("config.json", 900);
  await file("state/erp-shipper.orders/state.json", 900);
  await remove({ labels: 1, inbox: 1 });
  expect(await files()).toEqual(["config.json", "state/erp-shipper.orders/state.json"]);
});
