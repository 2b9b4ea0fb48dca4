import { expect, it } from "vitest";
import type { Bench, Connection } from "../../src/commands/support/connect.ts";
import { askSystem } from "../../src/commands/support/connect-ask.ts";
import type { Settings } from "../../src/core/config.ts";
import { AuthError } from "../../src/core/errors.ts";
import type { Secret } from "../../src/core/secret.ts";
import { systemKinds } from "../../src/systems/index.ts";
import { application, channelId, shipBobWorld } from "../systems/shipbob-world.ts";
import { scripted } from "./connect-kit.ts";

/** A bench on a simulated account that takes the personal token `pat`; sign-ins end as told. */
function bench(signIns: (string | Error)[] = []) {
  const saved: Connection[] = [];
  const asked: { settings: Settings; secrets: Readonly<Record<string, Secret>> }[] = [];
  const on: Bench = {
    systemKinds: { ...(systemKinds.shipbob ? { shipbob: systemKinds.shipbob } : {}) },
    pairKinds: {},
    settingsOf: () => undefined,
    secretsOf: async () => ({}),
    build: (_system, settings, _pair, secrets) => {
      asked.push({ settings, secrets });
      return shipBobWorld({ settings: { channelId: undefined, ...settings, clientId: undefined } }).system();
    },
    signIn: async () => {
      const next = signIns.shift() ?? new Error("no more sign-ins");
      if (next instanceof Error) throw next;
      return next;
    },
    save: async (connection) => void saved.push(connection),
  };
  return { on, saved, asked };
}

it("a personal access token is asked for, then the channel, with those first that may be written to", async () => {
  const { on, saved } = bench();
  const { prompts, said, left } = scripted([
    ["Client id", ""],
    ["Personal access token", "pat"],
    ["Channel", String(channelId)],
  ]);
  await askSystem(on, prompts, "shipbob", []);
  expect(left).toEqual([]);
  expect(said).toContain("Taken: api.shipbob.com: channel API of SMA");
  expect(saved).toEqual([
    {
      name: "shipbob",
      settings: { channelId },
      secrets: { accessToken: "pat", clientSecret: null, refreshToken: null },
    },
  ]);
});

it("an application's secret leads to a sign-in, again after one that failed, and takes the token's place", async () => {
  const { on, saved } = bench([new AuthError("denied"), "refresh-token"]);
  const { prompts, said, left } = scripted([
    ["Client id", application.clientId],
    ["Client secret", application.clientSecret],
    ["Sign in to ShipBob in the browser now?", true],
    ["Sign in to ShipBob in the browser now?", true],
    ["Channel", String(channelId)],
  ]);
  await askSystem(on, prompts, "shipbob", []);
  expect(left).toEqual([]);
  expect(said).toContain("✗ denied\n  → Run `mlc connect` and enter the credentials again.");
  expect(saved[0]).toEqual({
    name: "shipbob",
    settings: { clientId: application.clientId, channelId },
    secrets: { accessToken: null, clientSecret: application.clientSecret, refreshToken: "refresh-token" },
  });
});

it("a refresh token may be typed where nobody wants a browser", async () => {
  const { on, saved } = bench();
  const { prompts } = scripted([
    ["Client id", application.clientId],
    ["Client secret", application.clientSecret],
    ["Sign in to ShipBob in the browser now?", false],
    ["Refresh token", "typed"],
    ["Channel", String(channelId)],
  ]);
  await askSystem(on, prompts, "shipbob", []);
  expect(saved[0]?.secrets).toMatchObject({ refreshToken: "typed" });
});
