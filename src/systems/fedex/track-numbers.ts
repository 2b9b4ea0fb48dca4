import { type FedExClient, maxNumbers } from "../../connectors/fedex/client.ts";
import { failedResult, type TrackedNumber } from "../../connectors/fedex/reply.ts";
import { RejectedError } from "../../core/errors.ts";
import type { NumberResult } from "../../mappings/fedex/tracking.ts";

type Tracker = Pick<FedExClient, "trackNumbers">;

/** So many numbers are asked for at once, in calls side by side. */
export const numbersAtOnce = 8 * maxNumbers;

/** What FedEx says of each number, in as few calls as it takes them in. A number it refuses is one with an error. */
export async function trackAll(client: Tracker, numbers: readonly string[]): Promise<Map<string, NumberResult>> {
  const distinct = [...new Set(numbers)];
  const found = new Map<string, NumberResult>();
  for (let start = 0; start < distinct.length; start += numbersAtOnce) {
    const calls = inPieces(distinct.slice(start, start + numbersAtOnce));
    for (const tracked of await Promise.all(calls.map((call) => trackFew(client, call))))
      for (const { trackingNumber, results } of tracked)
        found.set(trackingNumber, { trackingNumber, trackResults: results });
  }
  return found;
}

function inPieces(numbers: readonly string[]): string[][] {
  const calls: string[][] = [];
  for (let start = 0; start < numbers.length; start += maxNumbers) calls.push(numbers.slice(start, start + maxNumbers));
  return calls;
}

/** One number may have the whole call refused: it is found by halves. */
async function trackFew(client: Tracker, numbers: readonly string[]): Promise<TrackedNumber[]> {
  try {
    return (await client.trackNumbers(numbers)).value;
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    const [only, ...others] = numbers;
    if (only !== undefined && others.length === 0) {
      const { code = "REJECTED" } = error.context;
      return [{ trackingNumber: only, results: [failedResult({ code, message: error.message })] }];
    }
    const middle = Math.ceil(numbers.length / 2);
    const halves = [numbers.slice(0, middle), numbers.slice(middle)];
    return (await Promise.all(halves.map((half) => trackFew(client, half)))).flat();
  }
}
