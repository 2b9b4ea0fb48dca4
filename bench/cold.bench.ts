import { type Bench, comparison, type Figure, inDirectory, inTurn, runMlc, runNode } from "./kit.ts";
import { serveSandbox } from "./sandbox.ts";

const what = "`node -e 0`";

/** How long mlc takes until it is at work, against Node alone. */
export const bench: Bench = {
  name: "cold",
  run: (runs) =>
    inDirectory(async (home) => {
      const env = await profileWithTrail(home);
      const figures = await starts(runs * 4, env, "");
      if (!process.env.NODE_EXTRA_CA_CERTS) return figures;
      // Node 20 reads that file at every start, which flatters whoever is compared with it.
      const bare = await starts(runs * 4, { ...env, NODE_EXTRA_CA_CERTS: "" }, ", `NODE_EXTRA_CA_CERTS` unset");
      return [...figures, ...bare.map(({ target: _, isMet: __, ...figure }) => figure)];
    }),
};

async function starts(runs: number, env: Record<string, string>, remark: string): Promise<Figure[]> {
  const measures = {
    node: async () => (await runNode(["-e", "0"], { env })).ms,
    version: async () => (await runMlc(["--version"], { env })).ms,
    audit: async () => (await runMlc(["audit", "--limit", "1"], { env })).ms,
  };
  await inTurn(1, measures);
  const { node, version, audit } = await inTurn(runs, measures);
  const baseline = { what, values: node };
  return [
    comparison({ what: `start: \`mlc --version\`${remark}`, unit: "ms", values: version, baseline, most: 2.2 }),
    comparison({ what: `start: \`mlc audit --limit 1\`${remark}`, unit: "ms", values: audit, baseline, most: 3.2 }),
  ];
}

/** A trail without an entry would spare the table. */
async function profileWithTrail(home: string): Promise<Record<string, string>> {
  const sandbox = await serveSandbox({ orders: 50 });
  const env = await sandbox.connect(home);
  await runMlc(["sync", "--quiet"], { env });
  await sandbox.close();
  return env;
}
