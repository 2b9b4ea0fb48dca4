import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ContractError } from "../../core/errors.ts";
import type { Answer, Http, HttpCall } from "../../core/http/types.ts";

const pageSchema = z.object({ value: z.array(z.unknown()), "@odata.nextLink": z.string().optional() });

/** One page of an OData collection. */
export interface OdataPage {
  rows: unknown[];
  calls: Call[];
  /** No page comes after it. */
  isLast: boolean;
}

/** All pages of a collection, one in memory; `refused` makes the error of an answer other than 200. */
export async function* readPages(
  http: Http,
  call: HttpCall,
  refused: (answer: Answer) => Error,
): AsyncGenerator<OdataPage> {
  const { query: _first, ...rest } = call;
  const read = new Set<string>();
  for (let next: HttpCall | undefined = call; next; ) {
    const answer = await http.call(next);
    if (answer.status !== 200) throw refused(answer);
    const page = pageSchema.safeParse(answer.body);
    const link = page.data?.["@odata.nextLink"];
    read.add(next.path);
    if (!page.success || (link !== undefined && read.has(link))) {
      const what = page.success ? "pages that lead round in a circle" : "something that is not an OData page";
      throw new ContractError(`${http.system} sent ${what} for ${call.path.split("?")[0]}.`, {
        system: http.system,
        calls: answer.calls,
      });
    }
    yield { rows: page.data.value, calls: answer.calls, isLast: link === undefined };
    next = link === undefined ? undefined : { ...rest, path: link };
  }
}
