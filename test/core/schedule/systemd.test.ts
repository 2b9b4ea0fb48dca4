import { describe, expect, it } from "vitest";
import { systemdSchedule, type UnitScope } from "../../../src/core/schedule/systemd.ts";
import { job } from "./kit.ts";

const texts = (scope: UnitScope, changes: Parameters<typeof job>[0] = {}) => {
  const [service, timer] = systemdSchedule(job(changes), scope).files.map(({ text }) => text);
  return { service: service ?? "", timer: timer ?? "" };
};

describe("the systemd units", () => {
  it("are a service that takes the vault's key as a credential, and a timer", () => {
    const { service, timer } = texts("system", { logFile: "/var/log/mlc.log" });
    expect(service.split("\n")).toEqual([
      "[Unit]",
      "Description=mlc sync, profile default",
      "Wants=network-online.target",
      "After=network-online.target",
      "",
      "[Service]",
      "Type=oneshot",
      "User=ops",
      "Environment=MLC_HOME=/var/lib/mlc",
      "LoadCredential=mlc-vault-key:/etc/mlc/vault.key",
      "ExecStart=/usr/bin/node /opt/mlc/bin/run.js sync --profile default --quiet --if-running skip --no-input --log-file /var/log/mlc.log",
      "KillMode=mixed",
      "TimeoutStopSec=60",
      "SuccessExitStatus=143",
      "UMask=0077",
      "NoNewPrivileges=yes",
      "",
    ]);
    expect(timer).toMatch(/^OnBootSec=1min\nOnUnitActiveSec=900s\n/m);
    expect(timer).toContain("WantedBy=timers.target");
  });

  it("name the key by its file in a user's service, which needs no user and no network target", () => {
    const { service, timer } = texts("user");
    expect(service).toContain("\nEnvironment=MLC_VAULT_KEY_FILE=/etc/mlc/vault.key\n");
    expect(service).not.toMatch(/User=|LoadCredential|network-online/);
    expect(timer).toContain("OnStartupSec=1min");
  });

  it("take any span", () => {
    expect(texts("system", { everyMs: 5_400_000, every: "90m" }).timer).toContain("OnUnitActiveSec=5400s");
  });

  it("hold paths with blanks, quotes, specifiers and variables as they are", () => {
    const strange = `/srv/it's "5%" \\ $HOME`;
    const { service } = texts("system", { home: strange, script: strange, keyFile: "/etc/a b/50%.key" });
    expect(service).toContain(String.raw`Environment="MLC_HOME=/srv/it's \"5%%\" \\ $HOME"`);
    expect(service).toContain(String.raw`ExecStart=/usr/bin/node "/srv/it's \"5%%\" \\ $$HOME" sync`);
    expect(service).toContain("LoadCredential=mlc-vault-key:/etc/a b/50%%.key\n");
  });

  it("refuse a line break, and a Node whose path systemd would expand", () => {
    expect(() => texts("system", { home: "/srv/a\nb" })).toThrow(/systemd cannot take/);
    expect(() => texts("system", { node: "/opt/$v/node" })).toThrow(/systemd cannot take/);
  });

  it("say which service finds an open keychain", () => {
    const notes = (scope: UnitScope, store: "keychain" | "vault") =>
      systemdSchedule(job({ store }), scope).notes.join(" ");
    expect(notes("system", "keychain")).toMatch(/--user.*mlc secrets move --to vault/);
    expect(notes("user", "keychain")).toMatch(/enable-linger.*nobody has opened the keychain/);
    expect(notes("user", "vault")).not.toContain("keychain");
    expect(notes("system", "vault")).toContain("from version 247 on");
  });

  it("are put in place by commands that print them again, one at a time", () => {
    const { install } = systemdSchedule(job({ logFile: "/a b" }), "user");
    expect(install[1]).toBe(
      "mlc schedule systemd --profile default --every 15m --log-file '/a b' --user --unit service > ~/.config/systemd/user/mlc-default.service",
    );
    expect(systemdSchedule(job(), "system").install.at(-1)).toBe(
      "sudo systemctl daemon-reload && sudo systemctl enable --now mlc-default.timer",
    );
  });
});
