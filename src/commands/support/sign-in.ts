import { ConfigError } from "../../core/errors.ts";
import type { Timer } from "../../core/http/types.ts";
import type { BrowserSignIn, SignInAsked } from "../../systems/kinds.ts";
import type { Prompts } from "./prompts.ts";
import { redirected } from "./redirect-listener.ts";

/** How long a person may take. */
const waitMs = 5 * 60_000;

/** What a sign-in is done with. */
export interface SigningIn {
  /** Open the browser of this machine, and wait for it here; else a person copies the address that it ends at. */
  browser: boolean;
  prompts: Pick<Prompts, "text" | "say">;
  signal: AbortSignal;
  timer: Timer;
  /** Opens an address. Throws ConfigError when there is nothing to open it with. */
  open(url: string): Promise<void>;
}

/** Has a person sign in and gives the secret that comes of it. Throws AuthError, ConfigError. */
export async function signInByBrowser(
  begin: (answering: SignInAsked["answering"]) => BrowserSignIn,
  signingIn: SigningIn,
): Promise<string> {
  return signingIn.browser ? listening(begin("form"), signingIn) : copying(begin("address"), signingIn);
}

async function listening(signIn: BrowserSignIn, { prompts, signal, timer, open }: SigningIn): Promise<string> {
  const { redirectUri, url, portField } = signIn;
  prompts.say(`The application must have this redirect address, letter by letter: ${redirectUri}`);
  const answer = await redirected({
    redirectUri,
    field: portField,
    waitMs,
    timer,
    signal,
    isTheOne: (found) => signIn.isAnswer(found),
    ready: () => {
      prompts.say(`Sign in within 5 minutes; if no browser opens, go to\n${url}`);
      open(url).catch((error: unknown) => {
        const why = error instanceof ConfigError ? `: ${error.message}` : "";
        prompts.say(`No browser was opened${why}. Open the address above yourself.`);
      });
    },
  });
  return signIn.end(answer);
}

async function copying(signIn: BrowserSignIn, { prompts }: SigningIn): Promise<string> {
  const { redirectUri, url } = signIn;
  prompts.say(`The application must have this redirect address, letter by letter: ${redirectUri}`);
  prompts.say(`Go to\n${url}\nand sign in. The browser then shows an error, as nothing listens there: that is well.`);
  const isIt = (text: string) => signIn.isAnswer(signIn.answerIn(text));
  const text = await prompts.text({
    message: "Address at which the browser ended",
    refusal: (typed) => (isIt(typed) ? undefined : "It is not the answer to this sign-in; copy it whole."),
  });
  return signIn.end(signIn.answerIn(text));
}
