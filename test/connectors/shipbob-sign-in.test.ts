import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { shipBobAccount } from "../../src/connectors/shipbob/config.ts";
import { answerIn, beginSignIn, endSignIn } from "../../src/connectors/shipbob/sign-in.ts";
import { TokenClient } from "../../src/connectors/shipbob/token.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { AuthError, ConfigError } from "../../src/core/errors.ts";
import { ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { application, start } from "../systems/shipbob-world.ts";
import { failure } from "./shipbob-kit.ts";

const clientSecret = application.clientSecret;
const settingsWith = (more: object = {}) => shipBobAccount.parse({ clientId: application.clientId, ...more });

function begun(more: object = {}) {
  const clock = jumpingClock(start);
  const sandbox = new ShipBobSandbox({
    clock,
    token: "pat",
    applications: [application],
    switches: { pkce: "required" },
  });
  sandbox.decision = "accept";
  let count = 0;
  const random = () => `text-number-${++count}`.padEnd(43, "x");
  const signIn = beginSignIn(settingsWith(more), "form", random);
  const fetch: typeof globalThis.fetch = async (input, init) => sandbox.fetch(new Request(input, init));
  const client = new TokenClient({ authUrl: "https://auth.shipbob.com", fetch, clock, random: () => 1 });
  /** Goes where the browser goes; gives what its form holds. */
  const answered = async () => {
    const html = await (await sandbox.fetch(new Request(signIn.url))).text();
    const inputs = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)];
    return new URLSearchParams(Object.fromEntries(inputs.map(([, name = "", value = ""]) => [name, value])));
  };
  return { sandbox, signIn, client, answered, fetch, clock };
}

describe("a sign-in at ShipBob", () => {
  it("asks with everything that binds the answer to it", () => {
    const { signIn } = begun();
    const url = new URL(signIn.url);
    expect(`${url.origin}${url.pathname}`).toBe("https://auth.shipbob.com/connect/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "client-1",
      redirect_uri: "http://127.0.0.1:53682/callback",
      scope: expect.stringMatching(/orders_write.* openid offline_access$/),
      response_type: "code",
      response_mode: "form_post",
      state: signIn.state,
      nonce: signIn.nonce,
      code_challenge: createHash("sha256").update(signIn.verifier).digest("base64url"),
      code_challenge_method: "S256",
      integration_name: "mlc",
    });
    expect(new Set([signIn.state, signIn.nonce, signIn.verifier]).size).toBe(3);
    expect(beginSignIn(settingsWith(), "address", () => "x").url).not.toContain("response_mode");
    expect(() => beginSignIn(settingsWith({ clientId: undefined }), "form", () => "x")).toThrow(ConfigError);
  });

  it("ends with a refresh token, once", async () => {
    const { signIn, client, answered } = begun();
    const answer = await answered();
    expect(await endSignIn(signIn, answer, { client, clientSecret })).toMatch(/^sandbox-refresh-/);
    expect(await failure(endSignIn(signIn, answer, { client, clientSecret }))).toMatchObject({
      exitCode: 4,
      context: { code: "invalid_grant" },
    });
  });

  it("takes no answer of another sign-in, by state and by nonce", async () => {
    const { signIn, client, answered } = begun();
    const answer = await answered();
    const foreign = new URLSearchParams({ code: "theirs", state: "x".repeat(43) });
    expect(await failure(endSignIn(signIn, foreign, { client, clientSecret }))).toBeInstanceOf(AuthError);
    const other = { ...signIn, nonce: "another" };
    expect(await failure(endSignIn(other, answer, { client, clientSecret }))).toMatchObject({
      message: expect.stringContaining("nonce"),
    });
  });

  it("says why when it is denied, and what lacks when no refresh token comes", async () => {
    const denied = begun();
    denied.sandbox.decision = "deny";
    const { signIn, client } = denied;
    expect(await failure(endSignIn(signIn, await denied.answered(), { client, clientSecret }))).toMatchObject({
      message: "ShipBob did not let mlc in (access_denied).",
    });
    const short = begun({ scopes: ["orders_read", "openid"] });
    const error = await failure(
      endSignIn(short.signIn, await short.answered(), { client: short.client, clientSecret }),
    );
    expect(error).toMatchObject({ hint: expect.stringContaining("offline_access") });
  });

  it.each([
    "http://127.0.0.1:53682/callback#code=c1&state=s1",
    "http://127.0.0.1:53682/callback?code=c1&state=s1",
    "http://127.0.0.1:53682/callback?x=1#code=c1&state=s1",
    "  code=c1&state=s1\n",
    "#code=c1&state=s1",
  ])("reads what was pasted: %s", (text) => {
    expect(Object.fromEntries(answerIn(text))).toMatchObject({ code: "c1", state: "s1" });
  });

  it("reads nothing from what is no answer", () => {
    expect([...answerIn("http://127.0.0.1:53682/callback"), ...answerIn("")]).toEqual([]);
  });
});
