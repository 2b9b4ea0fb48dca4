/** Bytes that a body may have. */
const maxBodyBytes = 1024 ** 2;

/** A request's body; undefined when it is too large. Throws when it ends early or the sender went away. */
export async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  const told = request.headers.get("content-length");
  if (told !== null) return Number(told) <= maxBodyBytes ? new Uint8Array(await request.arrayBuffer()) : undefined;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > maxBodyBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks);
}
