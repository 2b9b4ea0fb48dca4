import { afterEach, describe, expect, it } from "vitest";
import { dayAt, earliestReading, instantOf, Readings, readingAt } from "../../src/core/time.ts";

const pacific = "America/Los_Angeles";
const halfHour = 1_800_000;

/** Independent of date-fns-tz: the reading by Intl. */
const format = new Intl.DateTimeFormat("en-CA", {
  timeZone: pacific,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const intlReading = (instant: Date) => format.format(instant).replace(", ", "T");

const halfHours = Array.from({ length: 2 * 365 * 48 }, (_, step) => new Date(Date.UTC(2026, 0, 1) + step * halfHour));

describe("naive readings of a zone", () => {
  it("are the same where many are asked for, up to the second before a clock is changed", () => {
    const readings = new Readings(pacific);
    const isNearChange = (instant: Date) => /^2026-(03-0[789]|10-31|11-0[12])/.test(instant.toISOString());
    for (const half of halfHours.filter(isNearChange)) {
      for (const instant of [half, new Date(half.getTime() - 1)]) {
        if (readings.at(instant) !== readingAt(instant, pacific)) throw new Error(`${instant.toISOString()} differs`);
      }
    }
  });

  it("round-trip over two years of half hours, the autumn hour as its first instant", () => {
    const twice: string[] = [];
    for (const instant of halfHours) {
      const reading = readingAt(instant, pacific);
      if (reading !== intlReading(instant)) throw new Error(`${instant.toISOString()} read as ${reading}`);
      const back = instantOf(reading, pacific);
      if (back?.getTime() === instant.getTime()) continue;
      expect(back?.getTime()).toBe(instant.getTime() - 2 * halfHour);
      twice.push(instant.toISOString());
    }
    expect(twice).toEqual([
      "2026-11-01T09:00:00.000Z",
      "2026-11-01T09:30:00.000Z",
      "2027-11-07T09:00:00.000Z",
      "2027-11-07T09:30:00.000Z",
    ]);
  });

  it("begin a window so early that no later instant reads less, over two years of half hours", () => {
    for (const [index, from] of halfHours.entries()) {
      const start = earliestReading(from, new Date(from.getTime() + 12 * halfHour), pacific);
      const least = halfHours
        .slice(index, index + 13)
        .map(intlReading)
        .sort()[0];
      if (start !== least) expect(start).toBe(least);
    }
  });

  it("do not reach past the end of the window", () => {
    const from = new Date("2026-11-01T08:45:00Z");
    expect(earliestReading(from, new Date("2026-11-01T08:59:00Z"), pacific)).toBe("2026-11-01T01:45:00");
    expect(earliestReading(from, new Date("2026-11-01T09:10:00Z"), pacific)).toBe("2026-11-01T01:00:00");
  });

  it.each([
    ["2026-03-02T14:05:09.1230000", "2026-03-02T22:05:09.123Z"],
    ["2026-07-02 14:05:09", "2026-07-02T21:05:09.000Z"],
    ["2026-03-05", "2026-03-05T08:00:00.000Z"],
    ["2026-03-02T14:05", "2026-03-02T22:05:00.000Z"],
    ["2026-03-02T14:05:09Z", "2026-03-02T14:05:09.000Z"],
    ["2026-03-02T14:05:09-00:00", "2026-03-02T14:05:09.000Z"],
    ["2026-03-08T02:30:00", "2026-03-08T10:30:00.000Z"],
  ])("are read leniently: %s", (reading, instant) => {
    const read = instantOf(reading, pacific)?.toISOString();
    // A reading in the spring gap exists nowhere; either side of it will do.
    expect(reading === "2026-03-08T02:30:00" ? [instant, "2026-03-08T09:30:00.000Z"] : [instant]).toContain(read);
  });

  it.each(["", "soon", "2026-13-45T00:00:00", "03/02/2026"])("that are no date are undefined: %j", (reading) => {
    expect(instantOf(reading, pacific)).toBeUndefined();
  });

  it("give the day of the zone, not of UTC", () => {
    expect(dayAt(new Date("2026-03-02T05:00:00Z"), pacific)).toBe("2026-03-01");
  });
});

describe.each([
  ["UTC", 0],
  ["Europe/Berlin", -60],
  ["Asia/Tokyo", -540],
  ["Australia/Lord_Howe", -660],
])("on a host in %s", (hostZone, offset) => {
  afterEach(() => {
    process.env.TZ = "UTC";
  });

  it("a process that sets TZ=UTC first, as bin does, converts every half hour of two years right", () => {
    process.env.TZ = hostZone;
    expect(new Date("2026-01-15T00:00:00Z").getTimezoneOffset()).toBe(offset);
    process.env.TZ = "UTC";
    const counts = { same: 0, twice: 0, wrong: 0 };
    for (const at of halfHours) {
      const back = at.getTime() - (instantOf(readingAt(at, pacific), pacific)?.getTime() ?? 0);
      counts[back === 0 ? "same" : back === 2 * halfHour ? "twice" : "wrong"] += 1;
    }
    expect(counts).toEqual({ same: halfHours.length - 4, twice: 4, wrong: 0 });
  });
});
