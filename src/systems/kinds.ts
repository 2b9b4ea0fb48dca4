import type { z } from "zod";
import type { Settings } from "../core/config.ts";
import type { Delivery } from "../core/delivery.ts";
import type { BoughtLabel } from "../core/labels.ts";
import type { Choice, System } from "../core/system.ts";
import type { SystemContext } from "./context.ts";

/** A setting that a person is asked for. */
export interface Question {
  /** The setting's path in its system. */
  path: string;
  label: string;
  /** Chosen from one of the lists that the account has to choose from; `isOpen`: or typed, since the list may lack some. */
  pick?: { from: string; howMany: "one" | "many"; isOpen?: true };
  /** Stands in until it is chosen, since the account can be asked only then. */
  meanwhile?: unknown;
  /** What the values mean that the schema allows, where their own names do not say it. */
  names?: Readonly<Record<string, string>>;
  /** No answer leaves it out. */
  isOptional?: true;
  /** Asked for before the account is, though it has a list of its own or may be left out: without it nothing can be asked. */
  isFirst?: true;
  /** What we may do there depends on the answer, so that the account is asked once more with it. */
  isChecked?: true;
  /** Asked only where the settings so far make it one. */
  when?(settings: Settings): boolean;
}

/** A setting that is a table with a typed row for each value that a person chooses from a list. */
export interface TypedTable {
  path: string;
  /** In the singular: `warehouse`. */
  label: string;
  /** The list of choices that it has rows for: of a system's table the ERP's, of a pair's any of both sides. */
  list: string;
  /** The fields of a row, in the order they are asked for. */
  fields: { name: string; label: string; isOptional?: true }[];
  /** What becomes of a value without a row. */
  otherwise: string;
  /** What a row names that the account does not have, by what it has to choose from. Pure. */
  unknown?(row: unknown, lists: Readonly<Record<string, readonly Choice[]>>): string | undefined;
}

/** A secret of a system. */
export interface SecretKind {
  name: string;
  label: string;
  isOptional: boolean;
  /** mlc makes it itself, so that nobody is asked for it. */
  isOwn?: true;
  /** It comes of a sign-in in the browser, which a person may do instead of typing it. */
  isSignedIn?: true;
  /** Several lines, so a person names a file instead of typing it. */
  isPem?: boolean;
}

/** Secrets that together open a system. */
export interface CredentialKind {
  label: string;
  secrets: string[];
  /** Where the settings say which one it is, nobody is asked. */
  when?(settings: Settings): boolean;
}

/** What a sign-in in the browser is begun with. */
export interface SignInAsked extends Pick<SystemContext, "fetch" | "clock" | "signal" | "secrets"> {
  /** How the answer comes: to a listener here as a form, or in the address for a person to copy. */
  answering: "form" | "address";
}

/** A sign-in that a person does in a browser. */
export interface BrowserSignIn {
  url: string;
  /** To be registered at the vendor, letter by letter. */
  redirectUri: string;
  /** The setting that names its port. */
  portField: string;
  /** Reads what a person copied. Pure. */
  answerIn(text: string): URLSearchParams;
  isAnswer(answer: URLSearchParams): boolean;
  /** The secret that the sign-in gives. Throws AuthError. */
  end(answer: URLSearchParams): Promise<string>;
}

/** A kind of system that mlc knows. */
export interface SystemKind {
  title: string;
  side: "erp" | "shipper";
  settings: z.ZodType;
  /** What a person is asked for, in this order; the other settings are for `--set`. */
  questions: Question[];
  /** Asked for when the account has taken the credentials. */
  tables?: TypedTable[];
  /** In the order they are asked for. */
  secrets: SecretKind[];
  /** Credentials of which one takes the place of the other; a person chooses, and a new one drops the old. */
  credentials?: CredentialKind[];
  /** A secret that ends by itself unless runs replace it. */
  signIn?: { secret: string; renewAfterDays: number; endsAfterDays: number };
  /** Begins a sign-in in the browser. Throws ConfigError. */
  beginSignIn?(settings: unknown, asked: SignInAsked): BrowserSignIn;
  /** A stored token is found by the whole credential, so that it proves it; asking for another one may be penalised. */
  tokensProve?: true;
  /** The labels that an order's delivery has bought there, where buying them is what it does with orders. Pure. */
  labels?(delivery: Pick<Delivery, "memo" | "steps">): BoughtLabel[];
  /** Throws ConfigError when a setting or secret is missing. Without a pair it is built for a stock one. */
  build(settings: unknown, pair: ForPair | undefined, context: SystemContext): System;
}

/** The pair that a system works in, with what is set for it. */
export interface ForPair {
  name: string;
  settings: unknown;
  /** What is set for the other connected pairs, by name: they may work with the same account. */
  others?: Readonly<Record<string, unknown>>;
  /** What is set for the pair's shipper. */
  shipper?: unknown;
}

/** A pair that mlc knows. */
export interface PairKind {
  erp: string;
  shipper: string;
  /** The flows that it has: orders or sales, never both. */
  flows: readonly string[];
  settings: z.ZodType;
  tables: MappingTable[];
  /** What a person is asked for beside the tables; the other settings are for `--set`. */
  questions?: Question[];
  /** Asked for after the questions. */
  typedTables?: TypedTable[];
  /** Flows that move nothing, and so do not run, while a setting says `none`, as it does by default: a command reports instead. */
  modes?: Readonly<Record<string, { setting: string; report: string }>>;
  /** The switch among the settings that has the shipper check what is about to be made there. */
  validate?: string;
  /** The warehouses whose orders it takes by its settings, where these say it in other places than the filter too; an empty list is all. Throws ConfigError. */
  warehousesOf?(settings: unknown): readonly string[];
  /** Paths of the settings that freeze with the first delivery, by flow: what is delivered is named by them. */
  frozen: Readonly<Record<string, readonly string[]>>;
}

/** A setting that gives values of the ERP one of the shipper's each; both are named by their lists of choices. */
export interface MappingTable {
  path: string;
  /** In the singular: `warehouse`. */
  label: string;
  erp: string;
  shipper: string;
  /** A value may be typed that the shipper's list lacks. */
  isOpen?: true;
  /** It gives values of the shipper one of the ERP's each. */
  isByShipper?: true;
  /** What stands in the table for a choice. */
  rowOf(value: string): unknown;
  /** What becomes of a value without a row. */
  otherwise: string;
}
