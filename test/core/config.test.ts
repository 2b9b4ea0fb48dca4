import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseSettings, pathParts, valueAt, withTyped, withValue } from "../../src/core/config.ts";
import { ConfigError } from "../../src/core/errors.ts";

const schema = z.strictObject({
  host: z.string().min(3),
  days: z.coerce.number().int().default(14),
  flows: z.strictObject({ every: z.string().default("15m") }).prefault({}),
  modes: z.record(z.string(), z.strictObject({ carrier: z.string() })).default({}),
});

describe("a setting's path", () => {
  it.each([
    ["flows.every", ["flows", "every"]],
    ['modes."Std. Ground".carrier', ["modes", "Std. Ground", "carrier"]],
    ["host", ["host"]],
  ])("%s is read", (path, parts) => {
    expect(pathParts(path)).toEqual(parts);
  });

  it.each(["", ".", "a..b", "__proto__.x", "a.constructor", 'a."b'])("%j is refused", (path) => {
    expect(() => pathParts(path)).toThrow(ConfigError);
  });
});

describe("settings", () => {
  it("take and lose values, and what is empty goes with them", () => {
    const set = withValue({}, ["flows", "every"], "5m");
    expect(set).toEqual({ flows: { every: "5m" } });
    expect(withValue(set, ["flows", "every"], undefined)).toEqual({});
    expect(valueAt(set, ["flows", "toString"])).toBeUndefined();
  });

  it("are read from text the way their schema wants them", () => {
    let settings = withTyped(schema, {}, "host", "700000000", "fno");
    settings = withTyped(schema, settings, "days", "7", "fno");
    settings = withTyped(schema, settings, "modes", '{"Ground":{"carrier":"ups"}}', "fno");
    expect(settings).toEqual({ days: 7, host: "700000000", modes: { Ground: { carrier: "ups" } } });
  });

  it.each([
    [{ host: "ab" }, "fno.host", 'fno.host = "ab"'],
    [{}, "fno.host", "fno.host is missing"],
    [{ host: "abc", colour: 1 }, "fno.colour", "fno.colour is not a setting of mlc"],
    [{ host: "abc", modes: { "a.b": { carrier: 1 } } }, 'fno.modes."a.b".carrier', "expected string"],
  ])("%j are refused with the path of the wrong field", (settings, field, message) => {
    expect(() => parseSettings(schema, settings, "fno")).toThrow(
      expect.objectContaining({
        context: expect.objectContaining({ field }),
        message: expect.stringContaining(message),
      }),
    );
  });

  it("refuse an unknown or bad value at once when they are typed", () => {
    expect(() => withTyped(schema, { host: "abc" }, "colour", "red", "fno")).toThrow("fno.colour is not a setting");
    expect(() => withTyped(schema, { host: "abc" }, "days", "many", "fno")).toThrow("fno.days");
    expect(() => withTyped(schema, { host: "abc" }, "modes", '{"__proto__":{"carrier":"x"}}', "fno")).toThrow(
      "__proto__",
    );
  });

  it("are refused for what is wrong inside an object, and not for being no text", () => {
    const wrong = () => withTyped(schema, { host: "abc" }, "modes", '{"Ground":{"carrier":7}}', "fno");
    expect(wrong).toThrow("fno.modes.Ground.carrier = 7: expected string, received number");
  });

  it("are refused for what was typed, not for what is still to come", () => {
    expect(() => withTyped(schema, {}, "days", "many", "fno")).toThrow(/^fno\.days = "many": (?!.*host)/);
  });
});
