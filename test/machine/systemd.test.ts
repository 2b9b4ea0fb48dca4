import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, openBench } from "../process/fixture.ts";
import { wants } from "./kit.ts";
import { readmeExample } from "./readme.ts";

let bench: Bench;
beforeAll(async () => {
  wants("systemd-analyze", "systemd");
  bench = await openBench({ seeded: false, homeName: `mlc it's "100%" $HOME ` });
});
afterAll(() => bench.close());

describe("systemd", () => {
  it.each(["--no-user", "--user"])("finds nothing to say of the units of `schedule systemd %s`", async (scope) => {
    const args = ["schedule", "systemd", scope, "--every", "7m", "--log-file", join(bench.home, "a log")];
    const { stdout, code } = await bench.run([...args, "--json"]);
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout) as { files: { path: string; text: string }[] };
    const dir = join(bench.home, `units${scope}`);
    mkdirSync(dir);
    const paths = files.map(({ path, text }) => {
      const own = join(dir, path.replace(/.*\//, ""));
      writeFileSync(own, text);
      return own;
    });
    expect(files.map(({ path }) => path)).toEqual([
      expect.stringMatching(/\.service$/),
      expect.stringMatching(/\.timer$/),
    ]);
    const manager = scope === "--user" ? ["--user"] : [];
    const env = { PATH: process.env.PATH ?? "", XDG_RUNTIME_DIR: dir, HOME: dir };
    const verify = (...which: string[]) =>
      spawnSync("systemd-analyze", ["verify", "--man=no", ...manager, ...which], { encoding: "utf8", env });
    const found = verify(...paths);
    expect([found.stdout, found.stderr, found.status]).toEqual(["", "", 0]);
    // What it would say of a wrong unit.
    writeFileSync(join(dir, "mlc-default.service"), `${files[0]?.text}LoadCredentials=x\n`);
    expect(verify(paths[0] ?? "").stderr).toContain("LoadCredentials");
  });

  it("finds nothing to say of the README's unit of `listen`", () => {
    const unit = join(bench.home, "mlc-listen.service");
    const example = readmeExample("ini", [["/usr/local/bin/mlc", process.execPath]]);
    writeFileSync(unit, example);
    const verify = () => spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" });
    const { stdout, stderr, status } = verify();
    expect([stdout, stderr, status]).toEqual(["", "", 0]);
    writeFileSync(unit, example.replace("Restart=on-failure", "Restart=on-Failure"));
    expect(verify().stderr).toContain("restart");
  });
});
