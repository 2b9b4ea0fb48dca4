import { describe, expect, it } from "vitest";
import { counted, plain, plainLine, spanText } from "../../src/commands/support/print.ts";
import { canMove, progressText } from "../../src/commands/support/progress.ts";
import { asidesText, countsText, plannedText, syncTable, waitingText } from "../../src/commands/support/report-text.ts";
import { assignment, configSchema, valueText } from "../../src/commands/support/settings.ts";
import { tableOf, wrapped } from "../../src/commands/support/table.ts";
import { typedInstant } from "../../src/commands/support/when.ts";
import { fitted } from "../../src/commands/support/wrap.ts";
import { inPersonsZone, personsZone, shownTime } from "../../src/commands/support/zone.ts";
import type { WaitingRecord } from "../../src/core/report.ts";
import { zeroCounts } from "../../src/core/sync/run.ts";

describe("a date that was typed", () => {
  const now = new Date("2026-11-21T16:00:00Z");
  const at = (text: string, isEnd = false) =>
    typedInstant({ flag: "since", text, zone: "Europe/Berlin", now, isEnd }).toISOString();

  it.each([
    ["2026-11-20", "2026-11-19T23:00:00.000Z"],
    ["2026-07-01", "2026-06-30T22:00:00.000Z"],
    ["2026-11-20T08:30", "2026-11-20T07:30:00.000Z"],
    ["2026-11-20T08:30Z", "2026-11-20T08:30:00.000Z"],
    ["2026-11-20T08:30:00+05:00", "2026-11-20T03:30:00.000Z"],
    ["7d", "2026-11-14T16:00:00.000Z"],
    ["90m", "2026-11-21T14:30:00.000Z"],
  ])("%s is %s for a person in Berlin", (text, instant) => {
    expect(at(text)).toBe(instant);
  });

  it("means the end of the day where a span ends", () => {
    expect(at("2026-11-20", true)).toBe("2026-11-20T23:00:00.000Z");
    expect(at("2026-10-25", true)).toBe("2026-10-25T23:00:00.000Z");
  });

  it.each(["yesterday", "2026-02-30", "2026-13-01", "", "7w"])("%j is refused with examples", (text) => {
    expect(() => at(text)).toThrow(/is no date/);
  });
});

describe("the person's zone", () => {
  it("is what MLC_ZONE says, else the one the machine had before everything was set to UTC", () => {
    expect(personsZone({ MLC_ZONE: "Europe/Berlin", MLC_HOST_TZ: "Asia/Tokyo" })).toBe("Europe/Berlin");
    expect(personsZone({ MLC_HOST_TZ: "Asia/Tokyo" })).toBe("Asia/Tokyo");
    expect(personsZone({ MLC_HOST_TZ: "No/Where" })).toBe("UTC");
    expect(personsZone({})).toBe("UTC");
  });

  it.each([
    ["Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01 14:00:00"],
    ["Europe/Berlin", "2026-10-25T00:59:59.999Z", "2026-10-25 02:59:59"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25 02:00:00"],
    ["Australia/Lord_Howe", "2026-12-31T23:30:00Z", "2027-01-01 10:30:00"],
    ["America/Los_Angeles", "2026-03-08T10:00:00Z", "2026-03-08 03:00:00"],
  ])("%s shows %s as %s", (zone, instant, shown) => {
    expect(inPersonsZone({ MLC_ZONE: zone }, () => shownTime(instant))).toBe(shown);
    expect(inPersonsZone({ MLC_HOST_TZ: zone }, () => shownTime(instant))).toBe(shown);
  });

  it("leaves the process in UTC", () => {
    personsZone({ MLC_HOST_TZ: "Asia/Tokyo" });
    expect([process.env.TZ, new Date(2026, 0, 1).toISOString()]).toEqual(["UTC", "2026-01-01T00:00:00.000Z"]);
  });
});

describe("text from outside", () => {
  it("cannot move the cursor or turn the reader around", () => {
    expect(plain("a\u001b[31mb\u202ec\r")).toBe("a\\u001b[31mb\\u202ec\\u000d");
    expect(plainLine("a\n b")).toBe("a b");
  });

  it("is harmless in tables and dry runs too", () => {
    const step = {
      name: "order",
      action: "create",
      naturalKey: "k\u001b[2J",
      payload: { a: "\u202e" },
      repeatable: true,
    } as const;
    const text =
      plannedText({ key: "k", document: "SO\u0007", step, fields: ["a"] }) +
      tableOf([["\u001b]0;x\u0007"]], { head: ["a"], columns: 80 });
    // biome's control-character rule is about patterns; this looks at code points.
    expect([...text].filter((character) => character < " " && character !== "\n")).toEqual([]);
    expect(text).not.toContain("\u202e");
  });
});

describe("tables", () => {
  it("fit the terminal, breaking at blanks and long words where they must", () => {
    const rows = [
      [
        "fno-shipstation orders",
        "12",
        "a long sentence that has to be broken and averyveryverylongwordthatfitsnowhere",
      ],
    ];
    for (const columns of [40, 60, 80, 120]) {
      const lines = tableOf(rows, { head: ["flow", "calls", "documents"], columns }).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines.join("").replace(/\s/g, "")).toContain("averyveryverylong".slice(0, 10));
    }
  });

  it("break text without losing a character", () => {
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });

  it("break only the lines that are too long", () => {
    expect(fitted("  set in\none two three", 8)).toBe("  set in\none two\nthree");
  });
});

describe("what came of a run", () => {
  const flow = { pair: "erp-shipper", flow: "orders", ...zeroCounts(), durationMs: 1234 };

  it("is one row a flow, what is zero left out", () => {
    const report = {
      run: "r",
      startedAt: "",
      endedAt: "",
      flows: [{ ...flow, created: 66, deadLettered: 3, calls: 2 }],
      exitCode: 3,
    };
    expect(syncTable(report, 80).split("\n")).toEqual([
      "flow                calls  time   documents",
      "erp-shipper orders  2      1.2 s  66 created, 3 set aside",
    ]);
    expect(countsText(flow)).toBe("nothing to do");
  });

  it("says of a flow that something stopped it", () => {
    const error = { kind: "UnavailableError", message: "down", exitCode: 5 };
    const report = {
      run: "r",
      startedAt: "",
      endedAt: "",
      flows: [
        { ...flow, created: 1, error },
        { ...flow, error },
      ],
      exitCode: 5,
    };
    expect(syncTable(report, 80)).toMatch(/1 created; stopped\n.* stopped$/);
  });

  it("tells ten records at most, and none that only waits", () => {
    const error = { code: "X", message: "no street", hint: "Add it." };
    const aside = (number: number, outcome: "dead" | "waiting" = "dead") => ({
      record: `usmf/${number}`,
      document: String(number),
      outcome,
      error,
      masked: error,
    });
    expect(asidesText([aside(1, "waiting")], false, 80)).toBe("");
    expect(asidesText([aside(1)], false, 80)).toContain("  1 (usmf/1): dead: no street\n    → Add it.\n");
    const many = asidesText(
      Array.from({ length: 12 }, (_, index) => aside(index)),
      true,
      80,
    );
    const long = { code: "X", message: `the delivery address ${"is missing ".repeat(12)}`, hint: "Add it ".repeat(20) };
    const lines = asidesText([{ ...aside(1), error: long }], false, 80).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.startsWith("  1 (usmf/1): dead: "))).toHaveLength(1);
    expect(lines.filter((line) => /^ {4}→ /.test(line))).toHaveLength(1);
    expect(many).toContain("Would be set aside for a person (12)");
    expect(many.match(/no street/g)).toHaveLength(10);
  });

  it("shows the budget on the progress line once it is touched", () => {
    const budgets = [
      { name: "shipstation v1", limit: 40, remaining: 38 },
      { name: "shipstation v2", limit: 200, remaining: 200 },
    ];
    expect(progressText("p orders", { ...zeroCounts(), created: 2 }, budgets)).toBe(
      "p orders: 2 created · shipstation v1 38/40 calls left",
    );
  });

  it("has counts and spans in words", () => {
    expect([counted(1, "document"), counted(1200, "document")]).toEqual(["1 document", "1,200 documents"]);
    expect([350, 61_000, 7_200_000, 200_000_000].map(spanText)).toEqual(["350 ms", "1 min", "2 h", "2 days"]);
  });
});

describe("settings as they are typed", () => {
  it("are taken apart at the first = outside quotes", () => {
    expect(assignment("fno.host=https://a=b")).toEqual({ path: "fno.host", text: "https://a=b" });
    expect(assignment('x."a=b.c"={"d":1}')).toEqual({ path: 'x."a=b.c"', text: '{"d":1}' });
    expect(() => assignment("fno.host")).toThrow(/path=value/);
  });

  it("are shown as they can be typed again", () => {
    expect([valueText(["usmf", "demf"]), valueText({ a: 1 }), valueText("x"), valueText(["a,b"])]).toEqual([
      "usmf,demf",
      '{"a":1}',
      "x",
      '["a,b"]',
    ]);
  });

  it("all stand in the schema", () => {
    const text = JSON.stringify(configSchema());
    for (const name of ["legalEntities", "storeId", "keyTemplate", "deliveryModes", "packingSlipTracking"])
      expect(text).toContain(`"${name}"`);
  });
});

it("a line moves only in a terminal that has columns", () => {
  expect(canMove({ isTTY: true, columns: 80 })).toBe(true);
  for (const stream of [{ isTTY: true, columns: 0 }, { isTTY: true }, { columns: 80 }])
    expect(canMove(stream)).toBe(false);
});

describe("what waits", () => {
  const record = (number: number, more: Partial<WaitingRecord> = {}): WaitingRecord => ({
    pair: "bc-shipstation",
    flow: "products",
    document: `A-${number}`,
    record: `A-${number}`,
    since: "2026-11-21T12:00:00.000Z",
    ageMs: 4 * 3_600_000,
    until: null,
    holdsUp: false,
    message: "it is not there yet.",
    ...more,
  });

  it("is told with its age, what it waits for and what mends it", () => {
    const lines = waitingText([record(1, { hint: "Import it.", document: "A\u001b-1" })], 100).split("\n");
    expect(lines).toEqual([
      "waiting                  document   since  for",
      "bc-shipstation products  A\\u001b-1  4 h    it is not there yet. → Import it.",
    ]);
  });

  it("says what helps several of them once", () => {
    const hints = ["Import it.", "Import it.", "Add it."];
    const lines = waitingText(
      hints.map((hint, index) => record(index, { hint })),
      100,
    ).split("\n");
    expect(lines.map((line) => line.split("→ ")[1])).toEqual([undefined, "Import it.", undefined, "Add it."]);
  });

  it("ends after ten with how many more there are, and is nothing where nothing waits", () => {
    const lines = waitingText(
      Array.from({ length: 1213 }, (_, index) => record(index)),
      100,
    ).split("\n");
    expect([lines.length, lines.at(-1)]).toEqual([12, "and 1,203 more: see `mlc status --json`"]);
    expect(waitingText([], 100)).toBe("");
  });
});
