import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { assignment } from "../../src/commands/support/settings.ts";
import { bcPairSettings } from "../../src/connectors/bc/config.ts";
import { pathParts, withTyped } from "../../src/core/config.ts";
import { pairKinds } from "../../src/systems/index.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "bc-extension");
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const sources = readdirSync(join(folder, "src")).map((name) => ({ name, al: text(join("src", name)) }));
const pages = sources
  .filter(({ name }) => name.endsWith(".Page.al"))
  .map(({ al }) => ({
    id: Number(/^page (\d+) /m.exec(al)?.[1]),
    set: /EntitySetName = '(\w+)'/.exec(al)?.[1] ?? "",
    route: ["APIPublisher", "APIGroup", "APIVersion"]
      .map((one) => new RegExp(`${one} = '([^']+)'`).exec(al)?.[1])
      .join("/"),
    fields: [...al.matchAll(/field\((\w+); Rec\.[^)]+\) \{([^}]*)\}/g)].map(([, name = "", rest = ""]) => ({
      name,
      isEditable: !/Editable = false/.test(rest) && !/^ {4}Editable = false;/m.test(al),
    })),
  }));
const pageOf = (path: string) => pages.find(({ route, set }) => `${route}/${set}` === path);
const { tracking, weight } = bcPairSettings.parse({});

describe("the extension for Business Central", () => {
  it.each(["postedShipments", "postedInvoices", "openOrders"])(
    "has %s with the fields that the settings expect",
    (set) => {
      const fields = pageOf(`mlc/shipping/v1.0/${set}`)?.fields ?? [];
      const { shippingAgentCode, shippingAgentServiceCode, packageTrackingNo } = tracking.customApi.fields;
      expect(fields.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["id", "lastModifiedDateTime", ...Object.values(tracking.customApi.fields)]),
      );
      expect(fields.filter(({ isEditable }) => isEditable).map(({ name }) => name)).toEqual([
        shippingAgentCode,
        shippingAgentServiceCode,
        packageTrackingNo,
      ]);
    },
  );

  it("has weights and agents, which nobody can change through it", () => {
    const weights = pageOf("mlc/shipping/v1.0/itemWeights")?.fields ?? [];
    const agents = pageOf("mlc/shipping/v1.0/shippingAgents")?.fields ?? [];
    expect(weights.map(({ name }) => name)).toEqual(expect.arrayContaining([weight.numberField, weight.field]));
    expect(agents.map(({ name }) => name)).toEqual(expect.arrayContaining(["code", "displayName"]));
    expect([...weights, ...agents].some(({ isEditable }) => isEditable)).toBe(false);
  });

  it("has an id for each object within its own range", () => {
    const { idRanges } = z
      .object({ idRanges: z.array(z.object({ from: z.number(), to: z.number() })) })
      .parse(JSON.parse(text("app.json")));
    const [range] = idRanges;
    expect(new Set(pages.map(({ id }) => id)).size).toBe(pages.length);
    expect(pages.every(({ id }) => range && id >= range.from && id <= range.to)).toBe(true);
  });

  it("is set up by the lines of its README, each of which leaves the settings whole", () => {
    const schema = pairKinds["bc-shipstation"]?.settings ?? z.never();
    const lines = [...text("README.md").matchAll(/mlc config set (\S+=\S+?)`?\.?$/gm)].map(([, line = ""]) => line);
    let settings: Record<string, unknown> = {};
    for (const line of lines) {
      const { path, text: value } = assignment(line);
      const [pair = "", ...parts] = pathParts(path);
      settings = withTyped(schema, settings, parts.join("."), value, pair);
      expect([line, schema.safeParse(settings).success]).toEqual([line, true]);
    }
    const set = bcPairSettings.parse(settings);
    expect(lines.length).toBeGreaterThan(7);
    expect(pageOf(set.tracking.customApi.path ?? "")).toBeDefined();
    expect(pageOf(set.tracking.agentsPath ?? "")).toBeDefined();
    expect(pageOf(set.weight.path ?? "")).toBeDefined();
    expect(set.shippingAgents).toEqual({ "ups/ups_ground": { agent: "UPS", service: "GROUND" } });
  });
});
