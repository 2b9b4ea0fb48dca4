import { type Bench, comparison, inDirectory, inTurn, runMlc, runNode } from "./kit.ts";

const what = "`node -e 0`";

/** How long mlc takes until it is at work, against Node alone. */
export const bench: Bench = {
  name: "cold",
  run: (runs) =>
    inDirectory(async (home) => {
      const env = { MLC_HOME: home };
      const measures = {
        node: async () => (await runNode(["-e", "0"], { env })).ms,
        version: async () => (await runMlc(["--version"], { env })).ms,
        audit: async () => (await runMlc(["audit", "--limit", "1"], { env })).ms,
      };
      await inTurn(1, measures);
      const { node, version, audit } = await inTurn(runs * 4, measures);
      const baseline = { what, values: node };
      return [
        comparison({ what: "`mlc --version`, whole process", unit: "ms", values: version, baseline, most: 2.2 }),
        comparison({ what: "`mlc audit --limit 1`, whole process", unit: "ms", values: audit, baseline, most: 3.2 }),
      ];
    }),
};
