import { z } from "zod";
import { AuthError, ContractError, type MlcError, NotSentError } from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";

const refusal = z.object({
  error: z.string(),
  error_description: z.string().optional(),
  error_codes: z.array(z.number()).optional(),
  correlation_id: z.string().optional(),
});

const transientErrors = ["temporarily_unavailable", "server_error", "service_unavailable"];
const transientCodes = [90024, 90033];

/** Codes of the token endpoint (F&O, 1.3): what is wrong, and what a person does about it. */
const sentences: Record<number, readonly [message: string, hint: string]> = {
  7000215: [
    "the client secret is wrong",
    "Enter the secret's value, not its ID, from the app registration's page of certificates and secrets.",
  ],
  7000222: ["the client secret has expired", "Create a new client secret in the app registration and enter it."],
  7000218: ["no client secret or certificate arrived", "Enter a client secret, or a certificate with its private key."],
  700027: [
    "the certificate is not one of the app's",
    "Upload the certificate to the app registration, or enter the one that is there.",
  ],
  700016: [
    "the client id is not known in this tenant",
    "Check clientId and tenantId, and that the app was registered.",
  ],
  90002: ["the tenant was not found", "Check tenantId, and authority if the tenant is in another cloud."],
  500011: [
    "the tenant does not know the environment's address",
    "Check the host; it is the environment's own address.",
  ],
  70011: ["the scope is malformed", "Check the host: scheme and host name only."],
};

/** Whether asking again may help. Pure. */
export function isTransientRefusal(status: number, body: unknown): boolean {
  if (status === 408 || status === 429 || status >= 500) return true;
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return false;
  const { error, error_codes = [] } = parsed.data;
  return transientErrors.includes(error) || error_codes.some((code) => transientCodes.includes(code));
}

/** The error that a refused token request is; nothing was sent to the system itself. */
export function tokenError(answer: Answer, system: string): MlcError {
  const context = { system, calls: answer.calls };
  const parsed = refusal.safeParse(answer.body);
  const number = parsed.data?.error_codes?.[0] ?? numberIn(parsed.data?.error_description);
  const code = number === undefined ? String(answer.status) : `AADSTS${number}`;
  const correlationId = parsed.data?.correlation_id;
  const more = { ...context, code, ...(correlationId ? { correlationId } : {}) };
  if (isTransientRefusal(answer.status, answer.body)) {
    const hint = "Run it again in some minutes; it goes on where it stopped.";
    return new NotSentError(`Microsoft Entra is busy and gave ${system} no token for now (${code}).`, {
      ...more,
      hint,
    });
  }
  if (!parsed.success) {
    const message = `The address asked for a token for ${system} answered ${answer.status}, not as Microsoft Entra does.`;
    return new ContractError(message, { ...more, hint: "Check the authority in the config." });
  }
  const known = number === undefined ? undefined : sentences[number];
  const [what, hint] = known ?? [firstLine(parsed.data), "Check clientId, tenantId, host and the credential."];
  return new AuthError(`Microsoft Entra refused ${system}: ${what} (${code}).`, { ...more, hint });
}

/** The code that a description starts with, where the list of codes is missing. */
function numberIn(description = ""): number | undefined {
  const digits = /^AADSTS(\d+)/.exec(description)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The description without the code it starts with and the trace ids after it. */
function firstLine({ error, error_description = "" }: z.infer<typeof refusal>): string {
  const [line = ""] = error_description.split(/[\r\n]/);
  return line.replace(/^AADSTS\d+:\s*/, "").trim() || error;
}
