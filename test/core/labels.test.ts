import { mkdtempSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LabelStore, labelsDirOf } from "../../src/core/labels.ts";
import { machineDisk } from "../../src/core/state/disk.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mlc-labels-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const store = () => new LabelStore(machineDisk(process.platform), labelsDirOf(dir));
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the label store", () => {
  it("keeps a label under its document and number, for this user alone", async () => {
    const file = await store().keep("SO-1", "794600000001", "pdf", Buffer.from("%PDF"));
    expect(file).toBe("SO-1/794600000001.pdf");
    expect(await readFile(join(dir, "labels", "SO-1", "794600000001.pdf"), "utf8")).toBe("%PDF");
    expect(modeOf(store().pathOf(file))).toBe(0o600);
    expect(modeOf(join(dir, "labels", "SO-1"))).toBe(0o700);
  });

  it("lists and finds labels, but neither answers nor what a crash left half done", async () => {
    await store().keep("SO-2", "2", "zpl", Buffer.from("^XA"));
    await store().keep("SO-1", "1", "pdf", Buffer.from("%PDF"));
    await store().keepAnswer("usmf-SO-1", Buffer.from("{}"), {});
    await machineDisk(process.platform).write(join(dir, "labels", "SO-1", "3.pdf.tmp"), Buffer.from("%P"));
    expect((await store().list()).map(({ file }) => file)).toEqual(["SO-1/1.pdf", "SO-2/2.zpl"]);
    expect(await store().find("2")).toEqual([
      { document: "SO-2", trackingNumber: "2", file: "SO-2/2.zpl", path: join(dir, "labels", "SO-2", "2.zpl") },
    ]);
    expect(await store().find("9")).toEqual([]);
  });

  it("gives the answer kept last, byte by byte", async () => {
    expect(await store().answer("usmf-SO-1")).toBeUndefined();
    await store().keepAnswer("usmf-SO-1", Buffer.from("first"), { document: "SO-1" });
    await store().keepAnswer("usmf-SO-1", Buffer.from([0xff, 0x00]), { document: "SO-1", shipDate: "2026-11-23" });
    const kept = await store().answer("usmf-SO-1");
    expect(Buffer.from(kept?.raw ?? [])).toEqual(Buffer.from([0xff, 0x00]));
    expect(kept?.about).toEqual({ document: "SO-1", shipDate: "2026-11-23" });
    expect(modeOf(kept?.path ?? "")).toBe(0o600);
  });

  it.each([
    ["../../etc/passwd", /^_2e_2e_2f_2e_2e_2fetc_2fpasswd-[0-9a-f]{16}\/1\.pdf$/],
    ["SO/1", /^SO_2f1-[0-9a-f]{16}\//],
    ["answers", /^answers-[0-9a-f]{16}\//],
    ["", /^-[0-9a-f]{16}\//],
    ["S".repeat(300), /^S{100}-[0-9a-f]{16}\//],
  ])("makes a safe name of %s", async (document, name) => {
    expect(await store().keep(document, "1", "pdf", Buffer.from("1"))).toMatch(name);
  });

  it("tells apart documents whose safe names would be equal", async () => {
    const files = [
      await store().keep("SO/1", "1", "pdf", Buffer.from("1")),
      await store().keep("SO_2f1", "1", "pdf", Buffer.from("1")),
    ];
    expect(new Set(files).size).toBe(2);
  });
});
