import type { BcClient } from "../../connectors/bc/client.ts";
import { isNoAddress } from "../../connectors/bc/errors.ts";
import { ConfigError, ContractError } from "../../core/errors.ts";

/** What custom APIs publish, by path, asked once for as long as a run goes. */
export type PublishedPages = Map<string, Promise<ReadonlySet<string> | undefined>>;

/** Names of the fields that a set of a custom API has; undefined where the company has no such page. */
export async function publishedFields(client: BcClient, path: string): Promise<ReadonlySet<string> | undefined> {
  const end = path.lastIndexOf("/");
  const set = path.slice(end + 1);
  try {
    return (await client.metadata([set], path.slice(0, end))).get(set);
  } catch (error) {
    if (error instanceof ContractError && isNoAddress(error)) return undefined;
    throw error;
  }
}

/** What a person does where a page is missing. */
export const installHint = (setting: string) =>
  `Install the extension with the page in Business Central, or correct ${setting}.`;

/** The same, as the error that stops a flow. */
export function notPublished(path: string, setting: string): ConfigError {
  return new ConfigError(`Business Central publishes no page ${path}`, {
    system: "bc",
    field: setting,
    hint: installHint(setting),
  });
}
