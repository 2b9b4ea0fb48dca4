import { StateError } from "../errors.ts";

const hints: Record<string, string> = {
  ENOSPC: "Free some space on that disk; the next run resumes where this one stopped.",
  EDQUOT: "Raise the quota of this user or free some space; the next run resumes where this one stopped.",
  EACCES: "Give the user that runs mlc read and write access to it.",
  EPERM: "Give the user that runs mlc read and write access to it.",
  EROFS: "Remount that disk for writing, or let MLC_HOME name a directory that can be written.",
  EMFILE: "Raise the limit of open files (ulimit -n), then run again.",
  ENFILE: "Close other programs: this machine has too many files open.",
  EIO: "Check that disk: it reports a hardware error.",
};

/** The code of a system error, also of one that a StateError keeps. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof StateError) return error.context.code;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A failed disk call as the error that stops the run. */
export function diskError(verb: string, path: string, cause: unknown): StateError {
  const code = errorCode(cause);
  const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new StateError(`Cannot ${verb} ${path}: ${reason}.`, {
    ...(code === undefined ? {} : { code }),
    hint: hints[code ?? ""] ?? "Check that disk and its permissions, then run again.",
    cause,
  });
}
