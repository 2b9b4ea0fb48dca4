/** A fetch that tells of each call in one line: method, address without query, status and time; never a header or body. */
export function toldFetch(fetch: typeof globalThis.fetch, tell: (line: string) => void): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    const began = performance.now();
    const told = (end: string) =>
      tell(`${request.method} ${origin}${pathname} ${end} ${Math.round(performance.now() - began)} ms`);
    try {
      const response = await fetch(request);
      told(String(response.status));
      return response;
    } catch (error) {
      told("no answer");
      throw error;
    }
  };
}
