import type { Call } from "../delivery.ts";
import type { Policy } from "./types.ts";

/** What the policies know of the call they work on; it rides along in fetch's `init`. */
export class Trail {
  /** With its port, where the address names one. */
  readonly host: string;
  readonly repeatable: boolean;
  readonly streamed: boolean;
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Joins the request as it leaves: to clone a request that has a body copies all of it through a stream. */
  readonly body: RequestInit["body"];
  readonly calls: Call[] = [];
  /** An earlier attempt may have been taken, so nothing can prove any more that nothing happened. */
  mayHaveArrived = false;
  /** What the call carries in confidence: no answer shows it again. */
  hidden: readonly string[] = [];
  /** The body of the last answer, of one that is not streamed. */
  raw: Uint8Array = new Uint8Array();
  /** The last answer of 2xx cannot be whole JSON. */
  isCutOff = false;

  constructor(call: Pick<Trail, "host" | "repeatable" | "streamed" | "deadlineMs" | "maxBytes" | "body">) {
    this.host = call.host;
    this.repeatable = call.repeatable;
    this.streamed = call.streamed;
    this.deadlineMs = call.deadlineMs;
    this.maxBytes = call.maxBytes;
    this.body = call.body;
  }
}

type Send = (request: Request) => Promise<Response>;

/** A policy from a function that sees one request, its trail and the rest of the pipeline. */
export function policy(handle: (request: Request, trail: Trail, next: Send) => Promise<Response>): Policy {
  return (next) => (input, init) => {
    const trail = trailOf(init);
    const carried: RequestInit & { trail: Trail } = { trail };
    const request = input instanceof Request ? input : new Request(input);
    return handle(request, trail, (forward) => next(forward, carried));
  };
}

/** A fetch with policies around it, outermost first. */
export function pipeline(fetch: typeof globalThis.fetch, ...policies: Policy[]): typeof globalThis.fetch {
  return policies.reduceRight((next, wrap) => wrap(next), fetch);
}

function trailOf(init: RequestInit | undefined): Trail {
  if (init && "trail" in init && init.trail instanceof Trail) return init.trail;
  throw new TypeError("A policy was called without the call's trail.");
}
