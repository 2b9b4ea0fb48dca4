import { describe, expect, it } from "vitest";
import { connectGiven, merged, possiblePairs, withoutRivals } from "../../src/commands/support/connect.ts";
import { secretsFromText, textOf } from "../../src/commands/support/connect-input.ts";
import { connectByAsking } from "../../src/commands/support/connect-session.ts";
import { indented } from "../../src/commands/support/terminal-prompts.ts";
import { fitted } from "../../src/commands/support/wrap.ts";
import { AuthError, ConfigError, UnavailableError, UsageError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { memoryBench, scripted } from "./connect-kit.ts";

const erp = { name: "erp", sets: ["host=erp.test", "companies=us,de"], secrets: { password: "right" }, check: true };

describe("connecting without a person", () => {
  it("keeps settings and secrets once the system has taken them", async () => {
    const { bench, saved } = memoryBench();
    expect(await connectGiven(bench, erp)).toEqual({
      connected: "erp",
      kind: "system",
      identity: "erp as tester",
      warnings: [],
      notes: [],
      possible: [],
    });
    expect(saved).toEqual([
      {
        name: "erp",
        settings: { host: "erp.test", companies: ["us", "de"] },
        secrets: { password: "right", certificate: null },
      },
    ]);
  });

  it.each([
    ["a refused secret", { secrets: { password: "wrong" } }, AuthError, "the password is wrong"],
    ["no secret", { secrets: {} }, ConfigError, "no credential"],
    ["an unknown setting", { sets: [...erp.sets, "colour=red"] }, ConfigError, "erp.colour is not a setting"],
    ["a missing setting", { sets: ["companies=us"] }, ConfigError, "erp.host is missing"],
    ["a bad value", { sets: ["host=a", "companies=us"] }, ConfigError, 'erp.host = "a"'],
    ["a path into every object", { sets: ["__proto__.x=1"] }, ConfigError, "__proto__.x is not the path"],
    ["a secret among the settings", { sets: ["password=right"] }, ConfigError, "is a secret"],
    ["a setting without a value", { sets: ["host"] }, UsageError, "path=value"],
    ["an unknown name", { name: "toString" }, UsageError, "no system or pair"],
    ["a pair before its systems", { name: "erp-shop", sets: [], secrets: {} }, ConfigError, "not connected yet"],
  ])("keeps nothing on %s", async (_case, change, kind, message) => {
    const { bench, saved } = memoryBench();
    const attempt = connectGiven(bench, { ...erp, ...change });
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(message);
    expect(saved).toEqual([]);
  });

  it("says how a wrong setting is given", async () => {
    const { bench } = memoryBench();
    const hintOf = async (sets: string[]) =>
      connectGiven(bench, { ...erp, sets }).catch((error: ConfigError) => error.hint);
    expect(await hintOf(["companies=us"])).toBe("Give it as --set host=….");
    expect(await hintOf(["colour=red"])).toBe("Leave it out, or use one of host, companies, cloud.");
  });

  it("keeps what is not given anew, settings and secrets alike", async () => {
    const { bench, config, secrets } = memoryBench();
    await connectGiven(bench, erp);
    await connectGiven(bench, { name: "erp", sets: ["cloud=de"], secrets: {}, check: true });
    expect(config.erp).toEqual({ host: "erp.test", companies: ["us", "de"], cloud: "de" });
    expect(secrets.erp?.password?.reveal()).toBe("right");
  });

  it("asks nobody when it is told so, but wants all that is needed", async () => {
    const { bench, saved } = memoryBench();
    const unchecked = await connectGiven(bench, { ...erp, secrets: { password: "wrong" }, check: false });
    expect(unchecked.identity).toBeNull();
    expect(saved).toHaveLength(1);
    await expect(connectGiven(memoryBench().bench, { ...erp, secrets: {}, check: false })).rejects.toThrow(ConfigError);
  });

  it("offers a pair once both its systems are there, and connects it without any setting", async () => {
    const { bench, config } = memoryBench();
    await connectGiven(bench, erp);
    const shop = await connectGiven(bench, { name: "shop", sets: [], secrets: {}, check: true });
    expect(shop.possible).toEqual(["erp-shop"]);
    const pair = await connectGiven(bench, { name: "erp-shop", sets: [], secrets: {}, check: true });
    expect(pair).toMatchObject({ kind: "pair", identity: "erp as tester; shop as tester", possible: [] });
    expect(config["erp-shop"]).toEqual({});
    expect(possiblePairs(bench)).toEqual([]);
  });

  it("drops the credential whose place another takes", () => {
    const credentials = [
      { label: "a", secrets: ["password"] },
      { label: "b", secrets: ["certificate", "key"] },
    ];
    expect(withoutRivals({ credentials }, { certificate: "c", key: "k" })).toEqual({
      certificate: "c",
      key: "k",
      password: null,
    });
    expect(withoutRivals({ credentials }, { certificate: "c" })).toEqual({ certificate: "c" });
    expect(withoutRivals({}, { apiKey: "a" })).toEqual({ apiKey: "a" });
    expect(Object.keys(merged({ password: new Secret("p") }, { password: null, key: "k" }))).toEqual(["key"]);
  });
});

describe("secrets on stdin", () => {
  const known = [{ name: "apiKey", label: "", isOptional: false }];

  it("are one JSON object of names that the system has", () => {
    expect(secretsFromText('\ufeff{"apiKey":" abc\\n"}', known, "shop")).toEqual({ apiKey: "abc" });
  });

  it.each([
    ["canary", "not one JSON object"],
    ['["canary"]', "not one JSON object"],
    ['{"apiKey":"canary"', "not one JSON object"],
    ['{"apiKey":["canary"]}', "shop.apiKey is not a text"],
    ['{"apiKey":""}', "shop.apiKey is not a text"],
    ['{"other":"canary"}', 'no secret named "other"'],
    ['{"__proto__":"canary"}', 'no secret named "__proto__"'],
  ])("%s is refused without being quoted", (text, message) => {
    const attempt = () => secretsFromText(text, known, "shop");
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining("canary") }));
  });

  it("end at a megabyte", async () => {
    const endless = async function* () {
      for (;;) yield "x".repeat(100_000);
    };
    await expect(textOf(endless())).rejects.toThrow("More came on stdin");
  });
});

describe("connecting by asking", () => {
  const today = "2026-11-21";
  const ask = (bench: Parameters<typeof connectByAsking>[0], script: [string, unknown][], name?: string) => {
    const { prompts, said, left } = scripted(script);
    const done = connectByAsking(bench, prompts, { ...(name === undefined ? {} : { name }), sets: [], today });
    return done.then(() => ({ said, left }));
  };

  it("asks for a refused secret again and says what was wrong with it", async () => {
    const { bench, saved } = memoryBench();
    const { said, left } = await ask(
      bench,
      [
        ["Host", "a"],
        ["Host", "erp.test"],
        ["How does mlc sign in?", "0"],
        ["Password", "wrong"],
        ["Password (empty: change the settings above)", "right"],
        ["Companies", ["de"]],
      ],
      "erp",
    );
    expect(left).toEqual([]);
    expect(said).toContain("✗ the password is wrong\n  → Look it up.");
    expect(said.filter((text) => text.startsWith("refused:"))).toEqual([expect.stringContaining('erp.host = "a"')]);
    expect(saved).toEqual([
      {
        name: "erp",
        settings: { host: "erp.test", companies: ["de"] },
        secrets: { password: "right", certificate: null },
      },
    ]);
  });

  it("lets the settings be changed when the secret is not what is wrong", async () => {
    const { bench, config } = memoryBench();
    await ask(
      bench,
      [
        ["Host", "first.test"],
        ["How does mlc sign in?", "0"],
        ["Password", "wrong"],
        ["Password (empty", ""],
        ["Host", "second.test"],
        ["Keep the secret typed before?", false],
        ["Password", "right"],
        ["Companies", undefined],
      ],
      "erp",
    );
    expect(config.erp).toEqual({ host: "second.test", companies: ["us", "de"] });
  });

  it("reads a certificate from the file that is named", async () => {
    const { bench, saved } = memoryBench({ secret: "content of my.pem" });
    await ask(
      bench,
      [
        ["Host", "erp.test"],
        ["How does mlc sign in?", "1"],
        ["File with the certificate", "absent.pem"],
        ["File with the certificate", "my.pem"],
        ["Companies", undefined],
      ],
      "erp",
    );
    expect(saved[0]?.secrets).toEqual({ certificate: "content of my.pem", password: null });
  });

  it("keeps a stored secret and the settings of before when nothing is typed", async () => {
    const { bench, config, secrets } = memoryBench();
    await connectGiven(bench, { ...erp, sets: [...erp.sets, "cloud=de"] });
    await ask(
      bench,
      [
        ["Host", undefined],
        ["How does mlc sign in?", "0"],
        ["Password (empty: keep the stored one)", ""],
        ["Companies", undefined],
      ],
      "erp",
    );
    expect(config.erp).toEqual({ host: "erp.test", companies: ["us", "de"], cloud: "de" });
    expect(secrets.erp?.password?.reveal()).toBe("right");
  });

  it("lets lists be typed when the account does not tell them", async () => {
    const { bench, config } = memoryBench({ secret: "right", silence: new UnavailableError("no answer") });
    const { said } = await ask(
      bench,
      [
        ["Host", "erp.test"],
        ["How does mlc sign in?", "0"],
        ["Password", "right"],
        ["Companies (nothing to choose from", "us,fr"],
      ],
      "erp",
    );
    expect(config.erp?.companies).toEqual(["us", "fr"]);
    expect(said).toContain("What erp has to choose from cannot be shown: no answer");
  });

  it("leads from nothing to a pair with its tables", async () => {
    const { bench, config } = memoryBench();
    await ask(bench, [
      ["Connect what?", "erp"],
      ["Host", "erp.test"],
      ["How does mlc sign in?", "0"],
      ["Password", "right"],
      ["Companies", undefined],
      ["Connect The shop now?", true],
      ["erp-shop is possible now", true],
      ["Orders created since which day", undefined],
      ["1 mode can get a row", true],
      ["mode AIR →", "x1"],
    ]);
    expect(config["erp-shop"]).toEqual({ flows: { orders: { startDate: today } }, modes: { air: { code: "x1" } } });
  });

  it("takes all orders and no table when a person says so, and keeps rows that it cannot show", async () => {
    const { bench, config } = memoryBench();
    await connectGiven(bench, erp);
    await connectGiven(bench, { name: "shop", sets: [], secrets: {}, check: true });
    const sets = ["flows.orders.startDate=2026-01-01", "modes.air.code=gone"];
    await connectGiven(bench, { name: "erp-shop", sets, secrets: {}, check: true });
    await ask(
      bench,
      [
        ["Orders created since which day", "all"],
        ["1 mode can get a row", true],
        ["mode AIR →", "keep"],
      ],
      "erp-shop",
    );
    expect(config["erp-shop"]).toEqual({ modes: { air: { code: "gone" } } });
  });

  it("keeps nothing when a person leaves in the middle", async () => {
    const { bench, saved } = memoryBench();
    const leaving = Object.assign(new Error("User force closed the prompt"), { name: "ExitPromptError" });
    const attempt = ask(
      bench,
      [
        ["Host", "erp.test"],
        ["How does mlc sign in?", "0"],
        ["Password", "right"],
        ["Companies", leaving],
      ],
      "erp",
    );
    await expect(attempt).rejects.toBe(leaving);
    expect(saved).toEqual([]);
  });
});

describe("what is said at a terminal", () => {
  it("is broken between words and indented like its line", () => {
    expect(indented("✗ one two three four five six\n  → seven eight nine ten eleven", 22)).toBe(
      "✗ one two three four\n  five six\n  → seven eight nine\n    ten eleven",
    );
    expect(indented("\nshort", 80)).toBe("\nshort");
  });

  it("keeps an address whole, which could not be clicked or copied in parts", () => {
    const url = "https://auth.example/connect/authorize?client_id=one";
    expect(indented(`Go to\n${url}`, 22)).toBe(`Go to\n${url}`);
    expect(fitted(`Go to\n${url}`, 22)).toBe(`Go to\n${url}`);
  });
});
