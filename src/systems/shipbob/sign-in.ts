import { randomBytes } from "node:crypto";
import type { ShipBobAccountSettings } from "../../connectors/shipbob/config.ts";
import { missingForOauth } from "../../connectors/shipbob/refresh.ts";
import { answerIn, beginSignIn, endSignIn, isAnswerTo } from "../../connectors/shipbob/sign-in.ts";
import { TokenClient } from "../../connectors/shipbob/token.ts";
import type { BrowserSignIn, SignInAsked } from "../kinds.ts";

const random = () => randomBytes(32).toString("base64url");

/** A sign-in at ShipBob, which gives the first refresh token. Throws ConfigError for what is missing. */
export function shipBobSignIn(settings: ShipBobAccountSettings, asked: SignInAsked): BrowserSignIn {
  const { fetch, clock, signal, secrets, answering } = asked;
  const clientSecret = secrets.clientSecret?.reveal();
  if (clientSecret === undefined) throw missingForOauth("clientSecret", "Run `mlc connect shipbob` and enter it.");
  const client = new TokenClient({ authUrl: settings.authUrl, fetch, clock, signal });
  const signIn = beginSignIn(settings, answering, random);
  return {
    url: signIn.url,
    redirectUri: signIn.redirectUri,
    portField: "shipbob.redirectPort",
    answerIn,
    isAnswer: (answer) => isAnswerTo(signIn, answer),
    end: (answer) => endSignIn(signIn, answer, { client, clientSecret }),
  };
}
