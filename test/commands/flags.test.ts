import { expect, it } from "vitest";
import { earlyFlag } from "../../src/commands/support/flags.ts";

it.each([
  [["--log-file", "a.log"], {}, "a.log"],
  [["sync", "--log-file=a=b.log", "-q"], {}, "a=b.log"],
  [["--log-file", "a.log", "--log-file=b.log"], {}, "b.log"],
  [["--log-file", "a.log"], { MLC_LOG_FILE: "env.log" }, "a.log"],
  [["--log-files", "a.log"], { MLC_LOG_FILE: "env.log" }, "env.log"],
  [["--log-file", "--json"], {}, undefined],
  [["--log-file"], {}, undefined],
  [["--log-file="], {}, undefined],
  [[], { MLC_LOG_FILE: "" }, undefined],
])("a flag is known before all are parsed: %j with %j is %s", (argv, env, value) => {
  expect(earlyFlag(argv, "log-file", "MLC_LOG_FILE", env)).toBe(value);
});
