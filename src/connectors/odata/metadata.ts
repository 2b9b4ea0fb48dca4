import { ContractError } from "../../core/errors.ts";
import { type Tag, TagScanner } from "./tags.ts";

/** What is kept of an entity type: its base and its properties' names in one string, blanks between. */
interface EntityType {
  base: string | undefined;
  names: string;
}

/**
 * Reads `$metadata` as it streams by and keeps names only: some systems send 100 MB.
 * Types come before the sets that use them, so all types' names are kept until the end.
 */
export class MetadataReader {
  readonly #wanted: ReadonlySet<string>;
  readonly #decoder = new TextDecoder();
  readonly #scanner = new TagScanner((tag) => this.#take(tag));
  readonly #types = new Map<string, EntityType>();
  readonly #aliases = new Map<string, string>();
  /** Type name by wanted set. */
  readonly #sets = new Map<string, string>();
  #namespace = "";
  #open: { name: string; base: string | undefined; properties: string[] } | undefined;
  #isWhole = false;

  constructor(wanted: Iterable<string>) {
    this.#wanted = new Set(wanted);
  }

  write(chunk: Uint8Array): void {
    this.#scanner.write(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Property names by set, for those wanted sets that exist; undefined when the document is not whole. */
  end(): Map<string, Set<string>> | undefined {
    if (!this.#isWhole || this.#scanner.isLost) return undefined;
    return new Map([...this.#sets].map(([set, type]) => [set, this.#propertiesOf(type)]));
  }

  #take(tag: Tag): void {
    if (tag.name === "EntityType") {
      if (!tag.isEnd) this.#open = this.#opened(tag);
      if (tag.isEnd || tag.isEmpty) this.#close();
    } else if (tag.name === "Property") {
      const name = tag.isEnd ? undefined : tag.attribute("Name");
      if (name) this.#open?.properties.push(name);
    } else if (tag.name === "EntitySet" && !tag.isEnd) this.#takeSet(tag);
    else if (tag.name === "Schema" && !tag.isEnd) {
      this.#namespace = detached(tag.attribute("Namespace") ?? "");
      const alias = tag.attribute("Alias");
      if (alias) this.#aliases.set(detached(alias), this.#namespace);
    } else if (tag.name === "Edmx" && tag.isEnd) this.#isWhole = true;
  }

  #opened(tag: Tag) {
    const base = tag.attribute("BaseType");
    const name = detached(`${this.#namespace}.${tag.attribute("Name") ?? ""}`);
    return { name, base: base === undefined ? undefined : detached(base), properties: [] };
  }

  #close(): void {
    if (!this.#open) return;
    const { name, base, properties } = this.#open;
    this.#types.set(name, { base, names: detached(properties.join(" ")) });
    this.#open = undefined;
  }

  #takeSet(tag: Tag): void {
    const name = tag.attribute("Name");
    const type = tag.attribute("EntityType");
    if (name && type && this.#wanted.has(name)) this.#sets.set(detached(name), detached(type));
  }

  #propertiesOf(type: string): Set<string> {
    const properties = new Set<string>();
    const met = new Set<string>();
    for (let name: string | undefined = type; name !== undefined && !met.has(name); ) {
      met.add(name);
      const found: EntityType | undefined = this.#types.get(this.#unaliased(name));
      for (const property of found?.names.split(" ") ?? []) if (property) properties.add(property);
      name = found?.base;
    }
    return properties;
  }

  #unaliased(name: string): string {
    const end = name.lastIndexOf(".");
    const namespace = this.#aliases.get(name.slice(0, end));
    return namespace === undefined ? name : `${namespace}${name.slice(end)}`;
  }
}

/** Reads a streamed `$metadata` to its end; throws ContractError when it is cut off or something else. */
export async function readMetadata(
  body: ReadableStream<Uint8Array>,
  wanted: Iterable<string>,
  system: string,
): Promise<Map<string, Set<string>>> {
  const reader = new MetadataReader(wanted);
  for await (const chunk of body) reader.write(chunk);
  const sets = reader.end();
  if (sets) return sets;
  throw new ContractError(`${system} sent a $metadata document that is cut off or is none.`, { system });
}

/** A copy that does not keep alive the chunk it was cut from. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
