import { describe, expect, it } from "vitest";
import { windowsSchedule } from "../../../src/core/schedule/windows.ts";
import { job } from "./kit.ts";
import { breaches, textsOf, xmlFrom } from "./task-schema.ts";

const start = new Date("2026-11-21T16:00:00.500Z");
const windows = {
  node: "C:\\Program Files\\nodejs\\node.exe",
  script: "C:\\mlc\\bin\\run.js",
  home: "C:\\Users\\Jürgen & Söhne\\mlc",
  keyFile: "C:\\keys\\vault.key",
  user: "CONTOSO\\Jürgen",
};
const textOf = (changes: Parameters<typeof job>[0] = {}) =>
  windowsSchedule(job({ ...windows, ...changes }), start).files[0]?.text ?? "";
const texts = (changes: Parameters<typeof job>[0] = {}) => textsOf(xmlFrom(textOf(changes)));

describe("the Task Scheduler's XML", () => {
  it("keeps to the rules of the published schema, for either store", () => {
    for (const store of ["vault", "keychain"] as const) expect(breaches(xmlFrom(textOf({ store })))).toEqual([]);
  });

  it("is caught by those rules when an element stands wrong, is unknown, or has a wrong value", () => {
    const spoiled = textOf()
      .replace(/(\s*<Enabled>true<\/Enabled>)([\s\S]*?<\/Repetition>)/, "$2$1")
      .replace("IgnoreNew", "Ignore")
      .replace(/RunLevel/g, "Level");
    expect(breaches(xmlFrom(spoiled))).toEqual([
      expect.stringContaining("TimeTrigger is out of order"),
      "Task/Principals/Principal cannot hold Level",
      "Task/Principals/Principal/Level is not in the schema",
      "Task/Settings/MultipleInstancesPolicy holds Ignore",
    ]);
  });

  it("runs mlc again and again, one run at a time, also on batteries and after a missed start", () => {
    expect(texts()).toMatchObject({
      "Task/Triggers/TimeTrigger/StartBoundary": "2026-11-21T16:00:00Z",
      "Task/Triggers/TimeTrigger/Repetition/Interval": "PT900S",
      "Task/Settings/MultipleInstancesPolicy": "IgnoreNew",
      "Task/Settings/DisallowStartIfOnBatteries": "false",
      "Task/Settings/StartWhenAvailable": "true",
      "Task/Actions/Exec/Command": "cmd.exe",
      "Task/Actions/Exec/Arguments":
        '/d /s /c "set "MLC_VAULT_KEY_FILE=C:\\keys\\vault.key"&&set "MLC_HOME=C:\\Users\\Jürgen & Söhne\\mlc"&&' +
        '"C:\\Program Files\\nodejs\\node.exe" C:\\mlc\\bin\\run.js sync --profile default --quiet --if-running skip --no-input"',
    });
  });

  it("names the logon under which the secrets can be read", () => {
    const logon = (store: "vault" | "keychain") => texts({ store })["Task/Principals/Principal/LogonType"];
    expect([logon("keychain"), logon("vault")]).toEqual(["InteractiveToken", "Password"]);
    const { install, notes } = windowsSchedule(job({ ...windows, store: "vault" }), start);
    const { install: logged } = windowsSchedule(job({ ...windows, logFile: "C:\\a b\\mlc.log" }), start);
    expect(logged[0]).toContain('--every 15m --log-file "C:\\a b\\mlc.log" | Out-File mlc-task.xml -Encoding Unicode');
    expect(install[1]).toContain('/RU "CONTOSO\\Jürgen" /RP *');
    expect(notes.join()).toContain("whether or not somebody is logged on");
    const { notes: other } = windowsSchedule(job({ store: "keychain" }), start);
    expect(other.join()).toContain("only then the keychain can be read");
  });

  it("is ASCII, so that no code page spoils it", () => {
    expect(textOf()).toMatch(/^[\n -~]+$/);
    expect(texts()["Task/Principals/Principal/UserId"]).toBe("CONTOSO\\Jürgen");
  });

  it("refuses spans and paths that it cannot hold", () => {
    expect(() => textOf({ everyMs: 30_000, every: "30s" })).toThrow(/cannot run every 30s/);
    expect(() => textOf({ everyMs: 32 * 86_400_000, every: "32d" })).toThrow(/cannot run every 32d/);
    expect(() => textOf({ home: "C:\\100%\\mlc" })).toThrow(/"%"/);
    expect(() => textOf({ home: `C:\\${"x".repeat(8_200)}` })).toThrow(/Windows takes 8191/);
  });
});
