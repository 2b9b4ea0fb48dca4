import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { macOf, sealKey } from "../../../src/core/state/seal.ts";

it("a key made ready seals as HMAC-SHA256 does", () => {
  const keys = fc.uint8Array({ minLength: 1, maxLength: 80 });
  const texts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(keys, texts, (key, messages) => {
      const ready = sealKey(key);
      for (const message of messages)
        expect(macOf(ready, message)).toBe(createHmac("sha256", key).update(message).digest("hex"));
    }),
    { seed: 1 },
  );
});

it("also a line of megabytes", () => {
  const [key, line] = [Buffer.alloc(32, 7), Buffer.alloc(3_000_000, "x")];
  expect(macOf(sealKey(key), line)).toBe(createHmac("sha256", key).update(line).digest("hex"));
});
