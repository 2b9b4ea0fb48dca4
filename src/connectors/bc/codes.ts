import type { Access } from "./errors.ts";

/** What a person does about BC's codes (BC, 4.6); the others have the general advice. */
const hints: Readonly<Record<string, string>> = {
  BadRequest_ResourceNotFound:
    "Look for the document in Business Central: it was posted or deleted; then run `mlc replay`.",
  Internal_RecordNotFound: "Create in Business Central the record that it misses, then run `mlc replay`.",
  Internal_DataNotFoundFilter: "Create in Business Central the record that it misses, then run `mlc replay`.",
  Internal_InvalidTableRelation:
    "Correct the code in the pair's settings or create it in Business Central, then run `mlc replay`.",
  Application_StringExceededLength: "Shorten the text where it comes from, then run `mlc replay`.",
  Application_CallbackNotAllowed:
    "Have the extension that opens a dialog mended: nobody can answer it here; then run `mlc replay`.",
};

/** Sentences that say more than their code does (BC, 4.5). */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^Status must be equal to 'Open'/i, "Reopen the document in Business Central, then run `mlc replay`."],
  [
    /^Warehouse handling is required/i,
    "Post the warehouse document in Business Central: API v2.0 cannot; mlc writes the tracking number afterwards.",
  ],
];

/** What a person can do about a refusal, where more is known than the general advice. Pure. */
export function hintOf(code: string | undefined, sentence = ""): string | undefined {
  const known = sentences.find(([pattern]) => pattern.test(sentence))?.[1];
  return known ?? (code !== undefined && Object.hasOwn(hints, code) ? hints[code] : undefined);
}

/** Why the credentials were refused: no consent in Entra, no app in BC, one of the two, or no permission set. */
export type AccessCause = "consent" | "app" | "either" | "permissions";

/** The cause in a sentence. Pure. */
export function accessSentence(cause: AccessCause, { environment, clientId }: Access): string {
  return {
    consent: "the app's token carries no API.ReadWrite.All, so admin consent is missing",
    app: `app ${clientId} is not enabled inside Business Central's environment ${environment}`,
    either: `admin consent is missing, or app ${clientId} is not enabled inside environment ${environment}`,
    permissions: `app ${clientId} has no permission set for it inside environment ${environment}`,
  }[cause];
}

/** What a person does about the cause. Pure. */
export function accessHint(cause: AccessCause, { environment }: Access): string {
  const consent =
    "Give the app registration the application permission API.ReadWrite.All on Dynamics 365 Business Central with admin consent";
  const app = `in Business Central's environment ${environment} open Microsoft Entra applications, add the client id and set its state to Enabled`;
  return {
    consent: `${consent}.`,
    app: `${app.replace(/^i/, "I")}.`,
    either: `${consent}; ${app}.`,
    permissions:
      "Add permission sets for sales documents, items, customers and posting to the app's card in Microsoft Entra applications; SUPER is refused there.",
  }[cause];
}
