import { join } from "node:path";
import type { Disk } from "./disk.ts";
import type { LogLine } from "./lines.ts";
import { type Block, blocksOf, damagedLog, logFileAt, logFiles } from "./log-files.ts";
import { refuseNewer, stateSchema } from "./schema.ts";

/** Which lines of a log are wanted; what is not wanted is left unread where its bytes tell. */
export interface LogQuery {
  since?: Date | undefined;
  until?: Date | undefined;
  kinds?: readonly LogLine["kind"][] | undefined;
  /** JSON texts of which a wanted line has at least one; others may come all the same. */
  containing?: readonly string[] | undefined;
}

/** Lines of a flow's log from `since` on and before `until`, oldest first; the chain is not checked. */
export async function* readLog(disk: Disk, dir: string, query: LogQuery = {}): AsyncGenerator<LogLine> {
  for await (const lines of logPieces(disk, dir, query)) yield* lines;
}

/** The same, as many at once as a read brings. */
export async function* logPieces(disk: Disk, dir: string, query: LogQuery): AsyncGenerator<LogLine[]> {
  const { since, until, kinds } = query;
  const [from, to] = [since?.toISOString() ?? "", until?.toISOString() ?? "\uffff"];
  const isWanted = ({ at, kind }: Pick<LogLine, "at" | "kind">) =>
    at >= from && at < to && (kinds === undefined || kinds.includes(kind));
  const files = (await logFiles(disk, dir)).filter((file) => file >= logFileAt(from) || from === "");
  for (const file of files) {
    if (until !== undefined && file > logFileAt(to)) return;
    const path = join(dir, file);
    for await (const block of blocksOf(disk, path, 0)) {
      if (block.torn) return;
      const lines = query.containing ? textsWith(block.bytes, query.containing) : textsIn(block.bytes, isWanted);
      const found: LogLine[] = [];
      for (const text of lines) {
        const line = parsed(text, path, block);
        refuseNewer(line.schema ?? 0, stateSchema, path);
        if (isWanted(line)) found.push(line);
      }
      if (found.length > 0) yield found;
    }
  }
}

type Head = Pick<LogLine, "at" | "kind">;

/** The lines of a block without those that are told unwanted by how `Log` begins them; one that says its schema has another beginning. */
function textsIn(block: Buffer, isWanted: (head: Head) => boolean): string[] {
  const head = /^\{"id":"\w*","at":"([\w:.-]*)","seq":\d+,"prev":"[0-9a-f]*","kind":"(\w+)"/;
  const lines = block.toString("utf8", 0, block.length - 1).split("\n");
  return lines.filter((line) => {
    const [, at, kind] = head.exec(line) ?? [];
    return at === undefined || isWanted({ at, kind: kind as LogLine["kind"] });
  });
}

/** The lines of a block that hold one of the texts, or say their schema. */
function textsWith(block: Buffer, texts: readonly string[]): string[] {
  const begins = new Set<number>();
  for (const text of [...texts, ',"schema":']) {
    const wanted = Buffer.from(text);
    for (let at = block.indexOf(wanted); at >= 0; at = block.indexOf(wanted, block.indexOf(10, at))) {
      begins.add(block.lastIndexOf(10, at) + 1);
    }
  }
  return [...begins]
    .sort((left, right) => left - right)
    .map((begin) => block.toString("utf8", begin, block.indexOf(10, begin)));
}

function parsed(text: string, path: string, { bytes, start }: Block): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    // The parser's own message would quote the line.
    throw damagedLog(path, `byte ${start + Math.max(0, bytes.indexOf(text))}`, "it is not JSON");
  }
}
