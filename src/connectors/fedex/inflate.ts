/**
 * A fetch whose answers are inflated when they begin as gzip does: FedEx's refusals come compressed whatever the headers
 * say (FedEx, 0 and 7). Piece by piece, so that the caller's cap is one on the inflated size.
 */
export function inflating(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const { isGzip, body } = await begun(response.body);
    const { status, headers } = response;
    if (!isGzip) return new Response(body, { status, headers });
    const plain = new Headers(headers);
    for (const name of ["content-encoding", "content-length"]) plain.delete(name);
    return new Response(body.pipeThrough(new DecompressionStream("gzip")), { status, headers: plain });
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The body as it was, and whether its first bytes are those of gzip. */
async function begun(body: ReadableStream<Bytes>): Promise<{ isGzip: boolean; body: ReadableStream<Bytes> }> {
  const reader = body.getReader();
  const first: Bytes[] = [];
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    first.push(value);
    head = Buffer.concat([head, value.subarray(0, 2)]);
  }
  const again = new ReadableStream<Bytes>({
    pull: async (controller) => {
      const kept = first.shift();
      if (kept) return controller.enqueue(kept);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { isGzip: head[0] === 0x1f && head[1] === 0x8b, body: again };
}
