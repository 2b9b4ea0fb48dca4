/** Why a request brought no answer; holds codes only, since messages of fetch may quote header values. */
export class SendFailure extends Error {
  readonly code: string;
  /** Nothing of the request can have arrived. */
  readonly notSent: boolean;
  /** Another try can help. */
  readonly passing: boolean;
  /** The status that came before the body broke off; 0 when none did. */
  readonly status: number;

  constructor(code: string, more: { notSent?: boolean; passing?: boolean; status?: number } = {}) {
    super(code);
    this.name = "SendFailure";
    this.code = code;
    this.notSent = more.notSent ?? false;
    this.passing = more.passing ?? true;
    this.status = more.status ?? 0;
  }
}

const beforeSending = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "UND_ERR_CONNECT_TIMEOUT"];
const whileConnecting = ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ENETDOWN", "EHOSTDOWN"];
const tls =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|(SSL\/TLS|SSLV3)_ALERT_HANDSHAKE_FAILURE)$)/;

/** What a rejection of fetch, or of reading its body, says; `status` when an answer had begun. */
export function sendFailure(error: unknown, status?: number): SendFailure {
  if (error instanceof SendFailure) return error;
  const roots = rootsOf(error);
  const code = roots.map(codeOf).find((found) => found !== undefined) ?? "NETWORK";
  if (status !== undefined) return new SendFailure(code, { status });
  const isTls = roots.every((root) => tls.test(codeOf(root) ?? ""));
  const passing = !isTls && code !== "BAD_PORT";
  return new SendFailure(code, { notSent: isTls || roots.every(isBeforeSending), passing });
}

/** The failure of an attempt that took too long. */
export function timeoutFailure(): SendFailure {
  return new SendFailure("TIMEOUT");
}

/** The failure of an answer larger than the cap. */
export function tooLargeFailure(status: number): SendFailure {
  return new SendFailure("TOO_LARGE", { passing: false, status });
}

function isBeforeSending(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  if (beforeSending.includes(code)) return true;
  if (error instanceof Error && isBadPort(error)) return true;
  if (whileConnecting.includes(code))
    return error instanceof Error && "syscall" in error && error.syscall === "connect";
  // Node gives a handshake that was cut off the code of any reset; only the message tells.
  return code === "ECONNRESET" && error instanceof Error && /before secure TLS connection/.test(error.message);
}

/** fetch never opens some ports, and says so in the message only. */
function isBadPort({ message }: Error): boolean {
  return message === "bad port";
}

/** The innermost causes; several addresses of a host each bring one. */
function rootsOf(error: unknown): unknown[] {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(rootsOf);
  if (error instanceof Error && error.cause !== undefined) return rootsOf(error.cause);
  return [error];
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_/]{2,60}$/.test(error.code))
    return error.code;
  if (isBadPort(error)) return "BAD_PORT";
  return error.name === "AbortError" || error.name === "TimeoutError" ? "ABORTED" : undefined;
}
