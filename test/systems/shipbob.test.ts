import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/core/config.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import { failure } from "../connectors/shipbob-kit.ts";
import { application, channelId, shipBobWorld } from "./shipbob-world.ts";

const day = 24 * 60 * 60_000;
const allBut = (...left: string[]) =>
  [
    "channels_read",
    "orders_read",
    "orders_write",
    "products_read",
    "products_write",
    "tracking_read",
    "locations_read",
  ].filter((scope) => !left.includes(scope));

describe("the probe of ShipBob", () => {
  it("tells the channel, the server's clock, and nothing that lacks", async () => {
    const { system } = shipBobWorld();
    expect(await system().probe()).toMatchObject({ identity: "api.shipbob.com: channel API of SMA", warnings: [] });
  });

  it("warns of each scope that a flow of the pair wants and the token lacks", async () => {
    const scopes = allBut("tracking_read", "products_write", "inventory_read", "billing_read");
    const off = { enabled: false };
    const lacks = async (pair: object) => (await shipBobWorld({ sandbox: { scopes }, pair }).system().probe()).warnings;
    expect(await lacks({})).toEqual([
      `The token lacks tracking_read in channel ${channelId}, which the flow of shipments wants.`,
      `The token lacks products_write in channel ${channelId}, which the flow of products wants.`,
      `The token lacks inventory_read in channel ${channelId}, which the flow of inventory wants.`,
      `The token lacks billing_read in channel ${channelId}, which the flow of charges wants.`,
    ]);
    expect(await lacks({ flows: { products: off, shipments: off, inventory: off, charges: off } })).toEqual([]);
  });

  it("refuses a channel that the token does not see, naming those that it sees", async () => {
    const error = await failure(
      shipBobWorld({ settings: { channelId: 7 } })
        .system()
        .probe(),
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 6, hint: expect.stringContaining("100101 (API)") });
  });

  it("tells the channels while none is chosen", async () => {
    const { system } = shipBobWorld({ settings: { channelId: undefined } });
    expect((await system().probe()).identity).toContain("API");
    expect(system().account()).toMatchObject({ channelId: null });
  });

  it("is refused with exit 4 when the token is wrong", async () => {
    expect(
      await failure(
        shipBobWorld({ secrets: { accessToken: "other" } })
          .system()
          .probe(),
      ),
    ).toMatchObject({
      exitCode: 4,
      hint: expect.stringContaining("Regenerate the token"),
    });
  });
});

describe("an account at ShipBob", () => {
  it("is known by host and channel", () => {
    expect(shipBobWorld().system().account()).toEqual({ system: "shipbob", host: "api.shipbob.com", channelId });
  });

  it("offers channels that may be written to first, active methods, and locations", async () => {
    const choices = await shipBobWorld().system().choices?.();
    expect(choices?.channels).toEqual([
      { value: "100101", name: "API" },
      { value: "100102", name: "Web shop (may only be read)" },
    ]);
    expect(choices?.shippingMethods?.map(({ value }) => value)).toContain("Standard");
    expect(choices?.fulfillmentCenters).toContainEqual({ value: "8", name: "Cicero (IL)" });
  });

  it("offers its channels to a token that may not read locations", async () => {
    const choices = await shipBobWorld({ sandbox: { scopes: ["channels_read"] } })
      .system()
      .choices?.();
    expect(choices?.channels?.map(({ value }) => value)).toEqual(["100101", "100102"]);
    expect(choices?.fulfillmentCenters).toEqual([]);
  });

  it("has one budget for all its flows", async () => {
    const { system } = shipBobWorld();
    const built = system();
    await built.probe();
    expect(built.budgets?.()).toMatchObject({ api: { limit: 150, remaining: 149 } });
  });

  it.each([
    [{ shippingMethods: { Ground: "Standard", Air: "Rocket" } }, "shippingMethods.Air", "failed"],
    [{ shippingMethods: { Ground: "Standard" } }, "shippingMethods.Ground", "ok"],
    [{ shippingMethod: "Rocket" }, "shippingMethod", "failed"],
    [{}, "shippingMethod", "ok"],
    [{ fulfillmentCenters: { 8: "51" } }, "fulfillmentCenters.8", "ok"],
    [{ fulfillmentCenters: { 9999: "51" } }, "fulfillmentCenters.9999", "failed"],
    [{}, "channel", "ok"],
  ])("is compared with what the pair names: %j", async (pair, name, state) => {
    const checks = await shipBobWorld({ pair }).system().checks?.();
    expect(checks?.find((check) => check.name === name)).toMatchObject({ state });
  });

  it("says so when its channel belongs to another application", async () => {
    const checks = await shipBobWorld({ settings: { channelId: 100_102 } })
      .system()
      .checks?.();
    expect(checks?.[0]).toMatchObject({
      name: "channel",
      state: "failed",
      message: "channel Web shop may only be read",
    });
  });
});

describe("a sign-in by OAuth", () => {
  const signedIn = async () => {
    const world = shipBobWorld({ settings: { clientId: application.clientId } });
    const { grants } = world.sandbox;
    const redirectUri = application.redirectUris[0] ?? "";
    const scopes = [...allBut(), "offline_access"];
    const code = grants.code({ app: application, redirectUri, scopes, nonce: undefined, challenge: undefined });
    const token = grants.redeem(application, { code, redirectUri, verifier: null });
    world.kept.clear();
    world.kept.set("clientSecret", { value: application.clientSecret, setAt: world.clock.now() });
    world.kept.set("refreshToken", { value: String(token.refresh_token), setAt: world.clock.now() });
    return world;
  };

  it("goes on for months of runs", async () => {
    const { clock, system } = await signedIn();
    for (let run = 0; run < 6; run++) {
      await system()
        .probe()
        .catch((error: unknown) => {
          if (!(error instanceof ConfigError)) throw error;
        });
      clock.advance(29 * day);
    }
  });

  it.each([
    [3, "ok", "3 days old"],
    [26, "warning", "26 days old"],
    [29, "warning", "29 days old; it ends after 30"],
  ])("of %i days is %s", async (days, state, said) => {
    const { clock, system } = await signedIn();
    clock.advance(days * day);
    const told = (await system().checks?.()) ?? [];
    expect(told.find(({ name }) => name === "sign-in")).toMatchObject({
      state,
      message: expect.stringContaining(said),
    });
  });

  it("is replaced when it is old, and its age begins anew", async () => {
    const { clock, system, kept } = await signedIn();
    clock.advance(21 * day);
    await system().keepFresh?.();
    expect(kept.get("refreshToken")?.setAt).toEqual(clock.now());
  });
});

describe("the pair of F&O and ShipBob", () => {
  it("works in a stock environment and has settings of both sides", () => {
    const kind = pairKinds["fno-shipbob"];
    if (!kind) throw new Error("no pair");
    expect(parseSettings(kind.settings, {}, "fno-shipbob")).toMatchObject({
      flows: {
        orders: { enabled: true, keyTemplate: "{legalEntity}-{orderNumber}" },
        shipments: { lookBack: 30 },
        products: { every: "1d", categories: [] },
      },
      orderType: "DTC",
      waiting: { maxDays: 14 },
    });
    expect(kind.flows).toEqual(["orders", "shipments", "products", "inventory", "charges"]);
  });

  it("names a secret for each way to sign in, and the one that ends by itself", () => {
    expect(systemKinds.shipbob?.signIn).toEqual({ secret: "refreshToken", renewAfterDays: 20, endsAfterDays: 30 });
    const named = systemKinds.shipbob?.credentials?.flatMap(({ secrets }) => secrets);
    expect(named).toEqual(["accessToken", "clientSecret", "refreshToken"]);
  });
});
