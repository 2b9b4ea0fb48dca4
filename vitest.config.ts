import { defineConfig } from "vitest/config";

// What is tested against the machine's own cron, systemd, keyring and proxies needs packages that `.ci/run` installs.
const ofMachine = "test/machine/**";
const leavesOut = process.env.MLC_TEST_MACHINE === undefined;
if (leavesOut)
  console.error(`Left out: ${ofMachine}, which wants cron, systemd, a keyring, nginx and Caddy; .ci/run runs it too.`);

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: leavesOut ? [ofMachine] : [],
    environment: "node",
    // What is set up before tests starts processes too, and takes as long on a machine that is busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { TZ: "UTC" },
  },
});
