import { expect, it } from "vitest";
import { ReplacedSecrets } from "../../src/commands/support/connect-replaced.ts";
import { Secret } from "../../src/core/secret.ts";

function profile(stored: Record<string, string>) {
  const kept = { ...stored };
  const mlc = {
    secretsOf: async () => Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, new Secret(value)])),
    settings: {
      keepSecret: async (entry: string, value: string) => {
        kept[entry.replace("shipbob.", "")] = value;
      },
      readSecret: async (entry: string) => {
        const value = kept[entry.replace("shipbob.", "")];
        return value === undefined ? undefined : { value: new Secret(value), setAt: new Date(0) };
      },
    },
  };
  return { mlc, kept };
}

it("a typed secret that was replaced is kept with the rest, and not before", async () => {
  const { mlc, kept } = profile({ refreshToken: "of an earlier sign-in" });
  const replaced = new ReplacedSecrets();
  const secrets = { refreshToken: new Secret("typed") };
  const trial = replaced.trialOf({ mlc, system: "shipbob", secrets });
  expect((await trial.readSecret?.("refreshToken"))?.value.reveal()).toBe("typed");
  await trial.keepSecret?.("refreshToken", "next");
  const again = replaced.trialOf({ mlc, system: "shipbob", secrets });
  await again.keepSecret?.("refreshToken", "next but one");
  expect((await trial.readSecret?.("refreshToken"))?.value.reveal()).toBe("next but one");
  expect([replaced.latest("typed"), kept.refreshToken]).toEqual(["next but one", "of an earlier sign-in"]);
});

it("one that is kept already is replaced there at once", async () => {
  const { mlc, kept } = profile({ refreshToken: "kept" });
  const trial = new ReplacedSecrets().trialOf({
    mlc,
    system: "shipbob",
    secrets: { refreshToken: new Secret("kept") },
  });
  await trial.keepSecret?.("refreshToken", "next");
  expect(kept.refreshToken).toBe("next");
  await trial.keepSecret?.("refreshToken", "next but one");
  expect(await trial.readSecret?.("refreshToken")).toEqual({ value: new Secret("next but one"), setAt: new Date(0) });
  expect(kept.refreshToken).toBe("next but one");
});
