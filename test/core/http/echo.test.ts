import { describe, expect, it } from "vitest";
import { echoesOf, unmistakable, withoutEchoes } from "../../../src/core/http/echo.ts";

const masked = (text: string, ...hidden: string[]) => withoutEchoes(text, echoesOf(hidden));

describe("what a server gives back of what it was sent in confidence", () => {
  const basic = Buffer.from("key-1:pass/wörd").toString("base64");

  it.each([
    ["the header whole", `Basic ${basic}`, `got Basic ${basic}`, "got Basic ***"],
    ["a part of it decoded", `Basic ${basic}`, "key key-1 and pass/wörd", "key *** and ***"],
    ["a token without its scheme", "Bearer abc.def", "bad token abc.def!", "bad token ***!"],
    ["a secret in a URL", "s~c/r+t=", "?s=s~c%2Fr%2Bt%3D&", "?s=***&"],
    ["a secret in a form", "s~c/r t=", "s=s%7Ec%2Fr+t%3D", "s=***"],
    ["a secret in JSON", 's"c/r\\t', String.raw`{"a":"s\"c\/r\\t"}`, '{"a":"***"}'],
    ["a secret in base64", "secret-1", `x ${Buffer.from("secret-1").toString("base64")}`, "x ***"],
  ])("is masked: %s", (_case, hidden, text, expected) => {
    expect(masked(text, hidden)).toBe(expected);
  });

  it("is unmistakable when no document holds it by chance", () => {
    const key = "0123456789abcdef0123456789abcdef";
    const forms = unmistakable(echoesOf([`Basic ${Buffer.from(`user:${key}`).toString("base64")}`]));
    expect(forms).toContain(key);
    expect(forms).not.toContain("user");
  });

  it("is left alone when it is too short to be told from other text", () => {
    expect(masked("abc and a", "a")).toBe("abc and a");
  });
});
