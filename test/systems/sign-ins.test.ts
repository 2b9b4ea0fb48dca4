import { expect, it } from "vitest";
import { signInText } from "../../src/commands/support/report-text.ts";
import { AuthError, NotSentError } from "../../src/core/errors.ts";
import { endedSignIns, keepSignInsFresh, signInsIn } from "../../src/systems/sign-ins.ts";

const now = new Date("2026-11-21T12:00:00Z");
const signInsOf = (setAt: string | null, config: object = { shipbob: { channelId: 1 } }) =>
  signInsIn({ schema: 1, ...config }, [{ name: "shipbob.refreshToken", setAt }], now);

it("a sign-in is told with its age and its end, and only while its system is connected", () => {
  const [signIn] = signInsOf("2026-11-18T12:00:00.000Z");
  expect(signIn).toMatchObject({ system: "shipbob", ageMs: 259_200_000, endsAt: "2026-12-18T12:00:00.000Z" });
  expect(signIn && signInText(signIn)).toBe("sign-in of shipbob: 3 days old; ends 2026-12-18 unless a run replaces it");
  expect(signInsOf("2026-11-18T12:00:00.000Z", {})).toEqual([]);
  expect(signInsIn({ schema: 1, shipbob: {} }, [{ name: "shipbob.accessToken", setAt: null }], now)).toEqual([]);
});

it("one that has ended wants a person", () => {
  expect(endedSignIns(signInsOf("2026-10-23T12:00:00.000Z"), now)).toEqual([]);
  expect(endedSignIns(signInsOf(null), now)).toEqual([]);
  expect(endedSignIns(signInsOf("2026-10-22T12:00:00.000Z"), now)).toEqual([
    "shipbob: its sign-in ended on 2026-11-21; run `mlc connect shipbob` again and sign in.",
  ]);
});

it.each([
  ["2026-11-02T12:00:00.000Z", 0],
  ["2026-11-01T12:00:00.000Z", 1],
  [null, 1],
])("one of %s is replaced %i times", async (setAt, times) => {
  let count = 0;
  const system = {
    name: "shipbob",
    probe: () => Promise.reject(),
    account: () => null,
    keepFresh: async () => void count++,
  };
  await keepSignInsFresh(signInsOf(setAt), async () => system);
  expect(count).toBe(times);
});

it("a host that is down is asked by later runs, and a refusal is told", async () => {
  const failing = (error: Error) => keepSignInsFresh(signInsOf(null), () => Promise.reject(error));
  await expect(failing(new NotSentError("down"))).resolves.toBeUndefined();
  await expect(failing(new AuthError("ended"))).rejects.toThrow("ended");
});
