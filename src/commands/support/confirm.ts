import { InterruptedError } from "../../core/errors.ts";

/** Asks a person at the terminal, with no as the answer that is proposed. Throws InterruptedError, saying `ifLeft`, on Ctrl-C. */
export async function confirmed(message: string, ifLeft: string): Promise<boolean> {
  const { confirm } = await import("@inquirer/prompts");
  return confirm({ message, default: false }, { output: process.stderr }).catch((cause: unknown) => {
    const isLeft = cause instanceof Error && cause.name === "ExitPromptError";
    throw isLeft ? new InterruptedError(ifLeft, { cause }) : cause;
  });
}
