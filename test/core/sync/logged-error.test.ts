import { expect, it } from "vitest";
import { RejectedError } from "../../../src/core/errors.ts";
import { loggedError } from "../../../src/core/sync/run.ts";

it("a message is masked before it is shortened, so that no half of a name stands at the cut", () => {
  const error = new RejectedError(`${"x".repeat(995)} Ada Lovelace and more`);
  expect(error.message).toHaveLength(1001);
  const { message } = loggedError(error, ["Ada Lovelace"]);
  expect(message).toBe(`${"x".repeat(995)} *** …`);
});
