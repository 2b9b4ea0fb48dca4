import type { Choice } from "../../core/system.ts";

/** What a person is asked with; each rejects with ExitPromptError on Ctrl-C. */
export interface Prompts {
  /** Text; `refusal` says what is wrong with it, undefined when nothing is. */
  text(question: { message: string; proposal?: string; refusal?(text: string): string | undefined }): Promise<string>;
  /** Text that is not shown. */
  secret(message: string): Promise<string>;
  one(question: { message: string; choices: readonly Choice[]; proposal?: string }): Promise<string>;
  many(question: { message: string; choices: readonly Choice[]; chosen: readonly string[] }): Promise<string[]>;
  yes(message: string, proposal: boolean): Promise<boolean>;
  say(text: string): void;
  /** The text of a file that the person named; throws ConfigError. */
  file(path: string): Promise<string>;
}
