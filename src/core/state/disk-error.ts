import { StateError } from "../errors.ts";

const access = (path: string) => `Give the user that runs mlc read and write access to ${path}.`;

/** One thing to do about a refusal, by its code; each names the file. */
const hints: Record<string, (path: string) => string> = {
  ENOSPC: (path) => `Free some space on the disk that holds ${path}; the next run resumes where this one stopped.`,
  EDQUOT: (path) =>
    `Raise this user's quota on the disk that holds ${path}; the next run resumes where this one stopped.`,
  EACCES: access,
  EPERM: access,
  EROFS: (path) =>
    `Remount the disk that holds ${path} for writing, or let MLC_HOME name a directory that can be written.`,
  EMFILE: (path) => `Raise the limit of open files (ulimit -n), then run again; ${path} was one too many.`,
  ENFILE: (path) => `Close other programs: this machine has too many files open to open ${path}.`,
  EIO: (path) => `Check the disk that holds ${path}: it reports a hardware error.`,
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
    hint: hints[code ?? ""]?.(path) ?? `Check the disk that holds ${path} and its permissions, then run again.`,
    cause,
  });
}
