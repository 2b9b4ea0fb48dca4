import { expect, it } from "vitest";
import { pacificStamps, readPacific, showPacific } from "../../src/sandbox/shipstation/pacific.ts";

const stamp = pacificStamps();

it.each([
  ["2026-01-15T08:00:00.000Z", "2026-01-15T00:00:00.000"],
  ["2026-03-08T09:59:59.999Z", "2026-03-08T01:59:59.999"],
  ["2026-03-08T10:00:00.000Z", "2026-03-08T03:00:00.000"],
  ["2026-11-01T08:30:00.000Z", "2026-11-01T01:30:00.000"],
  ["2026-11-01T09:30:00.000Z", "2026-11-01T01:30:00.000"],
  ["2026-11-01T10:30:00.000Z", "2026-11-01T02:30:00.000"],
])("%s is %s in Pacific time", (instant, pacific) => {
  expect(stamp(new Date(instant))).toEqual({ instant, pacific });
});

it.each([
  ["2026-03-02", "2026-03-02T00:00:00.000"],
  ["2026-03-02 14:05", "2026-03-02T14:05:00.000"],
  ["2026-03-02 14:05:09", "2026-03-02T14:05:09.000"],
  ["2026-03-02T14:05:09.1230000", "2026-03-02T14:05:09.123"],
  ["2026-03-02T14:05:09Z", "2026-03-02T14:05:09.000"],
  ["2026-02-29", undefined],
  ["2026-03-02T24:00:00", undefined],
  ["02/03/2026", undefined],
])("reads %s as %s", (text, pacific) => {
  expect(readPacific(text, "ignored", stamp)).toBe(pacific);
});

it.each([
  ["2026-07-02T14:05:09Z", "2026-07-02T07:05:09.000"],
  ["2026-07-02T14:05:09-00:00", "2026-07-02T07:05:09.000"],
  ["2026-07-02T14:05:09+0200", "2026-07-02T05:05:09.000"],
  ["2026-07-02T14:05:09", "2026-07-02T14:05:09.000"],
])("reads %s as %s when offsets are honoured", (text, pacific) => {
  expect(readPacific(text, "honoured", stamp)).toBe(pacific);
});

it.each([
  [0, "2026-03-02T14:05:09"],
  [3, "2026-03-02T14:05:09.120"],
  [7, "2026-03-02T14:05:09.1200000"],
])("shows %i fraction digits", (digits, text) => {
  expect(showPacific("2026-03-02T14:05:09.120", digits)).toBe(text);
});
