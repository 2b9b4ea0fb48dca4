import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runMlc } from "./fixture.ts";

describe("mlc demo", () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "mlc-demo-test-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it("moves orders and shipments, mends what was set aside, sends nothing twice, buys labels, books sales, waits for an order in NAV, compares ShipBob's stock and charges and leaves nothing", async () => {
    const { stdout, stderr, code } = await runMlc(["demo"], { env: { TMPDIR: scratch, HOME: scratch } });

    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).not.toContain("\u001b");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.match(/^\d+\. .+$/gm)?.map((heading) => Number.parseInt(heading, 10))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    ]);
    expect(chapter(stdout, "Orders")).toMatch(/about to create 66 [\s\S]*66 created, 1 skipped, 3 set aside/);
    expect(chapter(stdout, "Orders")).toMatch(/SO-1007 .*dead: .*DeliveryAddressStreet\s+is\s+empty/);
    expect(chapter(stdout, "Orders")).toContain("→ Complete the delivery address in F&O");
    expect(chapter(stdout, "Nothing is dropped")).toContain("left out: line 2 (S0001): service item");
    expect(chapter(stdout, "Shipments")).toContain("40 created, 1 edited there, 4 waiting");
    expect(chapter(stdout, "An hour later")).toMatch(/SO-1001 +PS-SO-1001 +1ZSIM\d+/);
    expect(chapter(stdout, "The trail of SO-1001")).toMatch(/created[\s\S]+written[\s\S]+waiting[\s\S]+Packages: 3/);
    expect(chapter(stdout, "Mend and replay")).toMatch(/was dead[\s\S]*1 created/);
    expect(chapter(stdout, "Run it all again")).toContain("took in this run: 0.");
    expect(chapter(stdout, "FedEx")).toMatch(/about to buy 3 labels[\s\S]+3 created/);
    expect(chapter(stdout, "FedEx")).toMatch(/Delivery status: delivered/);
    // The path of a temporary directory may be longer than a line.
    expect(chapter(stdout, "FedEx").replaceAll("\n", "")).toMatch(/labels\/SO-2001\/\d+\.pdfIt is a PDF/);
    expect(chapter(stdout, "FedEx")).toMatch(/labels void SO-2003 --yes\n\d+ of SO-2003: voided/);
    expect(chapter(stdout, "Business Central")).toMatch(/6 created, 1 unchanged, 1 waiting[\s\S]+no item LAMP-01/);
    expect(chapter(stdout, "Business Central")).toMatch(
      /was waiting[\s\S]+1 created[\s\S]+the rest of WEB-1005[\s\S]+1 created/,
    );
    const booked = [...chapter(stdout, "Business Central").matchAll(/^WEB-\d+ +(\d+\.\d\d) +(\d+\.\d\d) +PS-INV/gm)];
    expect(booked).toHaveLength(7);
    for (const [, sold, there] of booked) expect(there).toBe(sold);
    expect(chapter(stdout, "Business Central")).toContain("took in this run: 0.");
    const nav = chapter(stdout, "Dynamics NAV");
    expect(nav).toMatch(/4 created, 5 waiting[\s\S]+SS-2001 +2 h +[\s\S]+SS-2001 is entered in NAV, as (\d+)/);
    const [, label = "none"] = /^20000 .* (1ZSIM\d+)$/m.exec(nav) ?? [];
    expect(nav).toMatch(/^10000 +\S+ +1 +0 *$/m);
    expect(nav).toMatch(new RegExp(`^1\\d+ +101013 +UPS/GROUND +${label}$`, "m"));
    expect(nav).toContain("took in this run: 0.");
    const shipBob = chapter(stdout, "ShipBob");
    expect(shipBob).toMatch(/3 created[\s\S]+9 updated, 1 unchanged[\s\S]+2 created, 1 unchanged[\s\S]+2 updated/);
    expect(shipBob).toMatch(/Delivery status: delivered[\s\S]+Cost: 7\.67 USD/);
    expect(shipBob).toMatch(/^D0002 .* 500 +488 +12$[\s\S]+2 differ on hand; 0 cannot/m);
    expect(shipBob).toMatch(/ 15\.59 +15\.59 +USD +yes$/m);
    expect(shipBob).toContain("took in this run: 0.");
    expect(stdout).toContain("run.js connect");
    expect(readdirSync(scratch)).toEqual([]);
  }, 60_000);

  it("leaves nothing when it is interrupted", async () => {
    const { code, stderr } = await runMlc(["demo"], {
      env: { TMPDIR: scratch, HOME: scratch },
      started: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
    });

    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted/);
    expect(readdirSync(scratch)).toEqual([]);
  }, 60_000);
});

/** A chapter's text without its heading. */
function chapter(text: string, title: string): string {
  return text.split(/^\d+\. /m).find((part) => part.startsWith(title)) ?? "";
}
