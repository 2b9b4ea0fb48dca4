import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/core/config.ts";
import { bcEnvironment, bcSystem } from "../../src/systems/bc.ts";
import { bcWorld, clientId, stockPair, tenantId } from "./bc-world.ts";

function connected(company: string | undefined = "CRONUS USA, Inc.", environment = "production") {
  const world = bcWorld();
  const settings = parseSettings(bcEnvironment, { tenantId, environment, clientId, company }, "bc");
  return { ...world, system: bcSystem(settings, stockPair, world.context()) };
}

const where = `environment production of tenant ${tenantId}, as app ${clientId}`;

describe("a company in Business Central", () => {
  it("says who we are there, in which company, and what its clock says", async () => {
    expect(await connected().system.probe()).toEqual({
      identity: `company CRONUS USA, Inc. in ${where}`,
      warnings: [],
      serverTime: new Date("2026-11-21T09:00:00Z"),
    });
  });

  it("is one account by whatever it is called, and another one in another company", async () => {
    const { ids } = bcWorld();
    const account = (company: string | undefined) => connected(company).system.account();
    expect(await account("CRONUS USA, Inc.")).toEqual({ tenantId, environment: "production", companyId: ids[0] });
    expect(await account(ids[0])).toEqual(await account("cronus usa, inc."));
    expect(await account("My Company")).not.toEqual(await account("CRONUS USA, Inc."));
  });

  it("offers its environment's companies by id", async () => {
    const { ids, system } = connected();
    expect(await system.choices()).toEqual({
      companies: [
        { value: ids[0], name: "CRONUS USA, Inc." },
        { value: ids[1], name: "My Company" },
      ],
    });
  });

  it("warns of sets that no permission set covers, and is refused when all are such", async () => {
    const { bc, system } = connected();
    bc.switches.forbiddenSets = ["customers", "salesShipments"];
    expect((await system.probe()).warnings).toEqual([
      "no permission for customers, salesShipments: add permission sets to the app's card in Microsoft Entra applications",
    ]);
    bc.switches.permissionSets = "none";
    await expect(system.probe()).rejects.toMatchObject({
      name: "AuthError",
      message: expect.stringMatching(/: app \S+ has no permission set for it inside environment production$/),
    });
  });

  it("counts what it may still be asked", async () => {
    const { system } = connected();
    await system.probe();
    expect(system.budgets()["v2.0"]).toMatchObject({ limit: 6000, remaining: 5994 });
  });
});

describe("an environment whose company is not chosen yet", () => {
  it("names the companies that there are", async () => {
    const world = bcWorld();
    const settings = parseSettings(bcEnvironment, { tenantId, environment: "production", clientId }, "bc");
    expect(await bcSystem(settings, stockPair, world.context()).probe()).toEqual({
      identity: where,
      warnings: ["no company is chosen; there are CRONUS USA, Inc., My Company"],
    });
  });

  it("is told to be missing where it is", async () => {
    await expect(connected("My Company", "prodution").system.probe()).rejects.toMatchObject({
      name: "ConfigError",
      context: expect.objectContaining({ field: "environment" }),
    });
  });
});
