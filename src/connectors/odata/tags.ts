/** An XML tag without its content. */
export class Tag {
  /** Without prefix. */
  readonly name: string;
  readonly isEnd: boolean;
  /** `<a/>`: begins and ends. */
  readonly isEmpty: boolean;
  readonly #text: string;

  constructor(text: string, name: string) {
    this.#text = text;
    this.name = name;
    this.isEnd = text.startsWith("</");
    this.isEmpty = text.endsWith("/>");
  }

  /** The attribute's value as written. */
  attribute(name: string): string | undefined {
    const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(this.#text);
    return match?.[1] ?? match?.[2];
  }
}

const skipped = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** A tag longer than this is no tag of a document worth reading. */
const maxTag = 1024 * 1024;

/** Finds tags in text that arrives in pieces cut anywhere; keeps at most one unfinished tag. */
export class TagScanner {
  readonly #onTag: (tag: Tag) => void;
  #rest = "";
  /** What ends the comment, CDATA section or instruction it is in. */
  #until: string | undefined;
  #isLost = false;

  constructor(onTag: (tag: Tag) => void) {
    this.#onTag = onTag;
  }

  /** An endless tag was met, so the text is no XML; nothing more is read. */
  get isLost(): boolean {
    return this.#isLost;
  }

  write(piece: string): void {
    if (this.#isLost) return;
    const text = this.#rest + piece;
    let at = 0;
    for (let next = this.#step(text, at); next !== undefined; next = this.#step(text, at)) at = next;
    this.#rest = text.slice(at);
    if (this.#until) this.#rest = this.#rest.slice(-this.#until.length);
    if (this.#rest.length > maxTag) this.#isLost = true;
  }

  /** Takes one tag or skipped part from `at` on; gives where it ended, or undefined when more text is needed. */
  #step(text: string, at: number): number | undefined {
    if (this.#until) return this.#skip(text, at, this.#until);
    const start = text.indexOf("<", at);
    if (start < 0) return at < text.length ? text.length : undefined;
    for (const [opening, closing] of skipped) {
      if (text.startsWith(opening, start)) {
        this.#until = closing;
        return start + opening.length;
      }
    }
    // A comment's opening that is cut in half has no end either, so it waits like a tag.
    const end = tagEnd(text, start);
    if (end === undefined) return start > at ? start : undefined;
    const tag = text.slice(start, end);
    const name = /^<\/?(?:[\w.-]+:)?([\w.-]+)/.exec(tag)?.[1];
    if (name) this.#onTag(new Tag(tag, name));
    return end;
  }

  #skip(text: string, at: number, until: string): number | undefined {
    const end = text.indexOf(until, at);
    if (end < 0) return undefined;
    this.#until = undefined;
    return end + until.length;
  }
}

/** Where the tag ends; a `>` within quotes does not end it. */
function tagEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === ">") return at + 1;
    if (character === '"' || character === "'") {
      at = text.indexOf(character, at + 1);
      if (at < 0) return undefined;
    }
  }
  return undefined;
}
