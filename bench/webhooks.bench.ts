import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Bench, inDirectory, median, root, runMlc } from "./kit.ts";
import { serveSandbox } from "./sandbox.ts";

const webhookToken = "webhook-token-of-the-bench-0001";
const targetMs = 2_000;
/** Longer than mlc lets events gather after it worked off one, so that each is measured by itself. */
const pauseMs = 1_500;

/** How long a label of ShipStation's takes until its number stands in F&O, by a call and a real `mlc listen`. */
export const bench: Bench = {
  name: "webhooks",
  run: (runs) =>
    inDirectory(async (home) => {
      const sandbox = await serveSandbox({ orders: runs * 2 + 1 });
      const env = await sandbox.connect(home, { webhookToken });
      for (const flow of ["orders", "shipments"]) await runMlc(["sync", flow, "--quiet"], { env });
      const receiver = await startListening(env);
      const taken: number[] = [];
      try {
        const webhook = `${receiver.url}/webhooks/shipstation/${webhookToken}`;
        // The first one finds nothing read yet.
        for (let count = 0; count <= runs * 2; count += 1) {
          const ms = await sandbox.printLabel(webhook);
          if (count > 0) taken.push(ms);
          await delay(pauseMs);
        }
      } finally {
        await receiver.stop();
        await sandbox.close();
      }
      const [value, worst] = [median(taken), Math.max(...taken)];
      const target = `< ${targetMs} ms`;
      return [
        { what: "webhooks: from a label to its number in F&O", value, unit: "ms", target, isMet: value < targetMs },
        { what: `webhooks: the longest of ${taken.length}`, value: worst, unit: "ms", target, isMet: worst < targetMs },
      ];
    }),
};

async function startListening(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(root, "bin", "run.js"), "listen", "--port", "0"], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.on("exit", () => reject(new Error(`mlc listen ended: ${told}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      told += chunk.toString("utf8");
      const address = /Listening on (http\S+)\/webhooks/.exec(told)?.[1];
      if (address) resolve(address);
    });
  });
  return {
    url,
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
