import { expect, it } from "vitest";
import { failpointFrom } from "../../src/core/failpoint.ts";

it("kills the process the n-th time a failpoint is met", () => {
  let killed = 0;
  const failpoint = failpointFrom({ MLC_FAILPOINT: "state.rename.before:3" }, () => {
    killed += 1;
  });
  const met = ["state.rename.before", "log.append.before", "state.rename.before"];
  for (const name of met) failpoint(name);
  expect(killed).toBe(0);
  for (const name of met) failpoint(name);
  expect(killed).toBe(1);
});

it("means the first time when no number is given, and nothing when it is unset", () => {
  let killed = 0;
  const kill = () => {
    killed += 1;
  };
  failpointFrom({ MLC_FAILPOINT: "a" }, kill)("a");
  failpointFrom({}, kill)("a");
  expect(killed).toBe(1);
});

it("refuses what names no failpoint", () => {
  expect(() => failpointFrom({ MLC_FAILPOINT: "a:0" })).toThrow(/not <name>:<count>/);
});
