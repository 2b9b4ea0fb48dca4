import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writePrivateFile } from "../../src/commands/support/private-file.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { fedexToken, fedexUrlFaults, isFedexToken } from "../../src/webhooks/guide/fedex.ts";
import { type Catalogue, fnoGuide } from "../../src/webhooks/guide/fno.ts";

describe("FedEx's rules", () => {
  it.each([
    ["https://sync.contoso.example/webhooks/fedex", []],
    ["http://sync.contoso.example/", ["https://"]],
    [`https://sync.contoso.example/${"x".repeat(171)}`, []],
    [`https://sync.contoso.example/${"x".repeat(172)}`, ["201 characters"]],
    ["https://10.0.0.1/", ["IP address"]],
    ["https://0x0a000001/", ["IP address"]],
    ["https://[fd00::1]/", ["IP address"]],
    ["https://localhost/", ["localhost"]],
    ["https://a.localhost./", ["localhost"]],
    ["https://www.FedEx.com/", ["fedex.com"]],
    ["https://notfedex.com/", []],
  ])("of the address %s", (address, faults) => {
    expect(fedexUrlFaults(address)).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });

  it.each([
    [`${"a".repeat(24)}B1`, true],
    [`${"a".repeat(23)}B1`, false],
    [`${"a".repeat(98)}B1`, true],
    [`${"a".repeat(99)}B1`, false],
    ["a".repeat(30), false],
    [`${"a".repeat(30)}B`, false],
    [`${"A".repeat(30)}1`, false],
    [`${"a".repeat(24)} B1`, false],
  ])("of the token %s", (token, isFit) => {
    expect(isFedexToken(token)).toBe(isFit);
  });

  it("hold for each token that is made, also where the first draw has no digit", () => {
    for (let count = 0; count < 200; count += 1) expect(isFedexToken(fedexToken())).toBe(true);
    const draws = [Buffer.alloc(48), Buffer.from(`${"abcABC123".repeat(6)}`.slice(0, 64), "base64")];
    expect(isFedexToken(fedexToken(() => draws.shift() ?? Buffer.alloc(48)))).toBe(true);
  });
});

describe("F&O's guide", () => {
  const text = (catalogue: Catalogue, events: string[] = []) =>
    JSON.stringify(
      fnoGuide(
        {
          address: "https://x.example/webhooks/fno/<token>",
          legalEntities: ["usmf"],
          orderNumberPath: undefined,
          events,
          catalogue,
        },
        { file: undefined, how: "HOW" },
      ).steps,
    );
  const row = (id: string, name = "") => ({ id, name, module: "" });

  it("proposes what names sales orders, by id or by name", () => {
    const offered = [
      row("SalesOrderShippedBusinessEvent"),
      row("ContosoEvent", "A sales order went out"),
      row("Other"),
    ];
    expect(text({ events: offered })).toContain("fno.webhooks.events=SalesOrderShippedBusinessEvent,ContosoEvent");
  });

  it("makes no command of what F&O sent", () => {
    expect(text({ events: [row("SalesOrder;reboot")] })).toContain(
      "config set 'fno.webhooks.events=SalesOrder;reboot'",
    );
  });

  it("says that a partner must add one where there is none", () => {
    expect(text({ events: [row("Other")] })).toContain("a partner adds it");
    expect(text({ events: [row("Other")] })).toContain("fno.webhooks.events=<event id>");
  });

  it("keeps what is configured", () => {
    const said = text({ events: [row("Mine")] }, ["Mine"]);
    expect(said).toContain("Activate Mine with that endpoint");
    expect(said).not.toContain("Not in the catalogue");
    expect(said).not.toContain("config set fno.webhooks.events");
  });
});

describe("a file for what is pasted", () => {
  const dir = mkdtempSync(join(tmpdir(), "mlc-private-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  const disk = machineDisk(process.platform);
  const at = (name: string) => join(dir, name);

  it("is its owner's alone, and is not written twice", async () => {
    const before = process.umask(0);
    await writePrivateFile(disk, at("one"), async () => "secret").finally(() => process.umask(before));
    expect([statSync(at("one")).mode & 0o777, readFileSync(at("one"), "utf8")]).toEqual([0o600, "secret"]);
    await expect(writePrivateFile(disk, at("one"), async () => "other")).rejects.toThrow("is there already");
    expect(readFileSync(at("one"), "utf8")).toBe("secret");
  });

  it("is gone again when the secret could not be kept, or where others could read it", async () => {
    const failing = writePrivateFile(disk, at("two"), () => Promise.reject(new Error("the vault is locked")));
    await expect(failing).rejects.toThrow("the vault is locked");
    const asked: string[] = [];
    // A file system that keeps no modes.
    const open = { ...disk, facts: async () => ({ size: 0, mode: 0o644 }) };
    const shown = writePrivateFile(open, at("three"), async () => {
      asked.push("secret");
      return "secret";
    });
    await expect(shown).rejects.toThrow("readable by others");
    expect([asked, readdirSync(dir)]).toEqual([[], ["one"]]);
  });

  it("is refused where no file can be made", async () => {
    await expect(writePrivateFile(disk, at("none/file"), async () => "")).rejects.toThrow("cannot be made");
  });
});
