import { type Sandboxes, sandboxCredentials } from "./sandboxes.ts";

/** Addresses and credentials of the simulated vendors, and command lines that connect to them. Pure. */
export function sandboxText({
  urls,
  settings,
  fno,
}: Pick<Sandboxes, "urls" | "settings"> & { fno: { orders: unknown[] } }): string {
  const { tenantId, clientId, clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  return [
    `Entra        ${urls.entra}`,
    `             tenant ${tenantId}`,
    `             client ${clientId}`,
    `             secret ${clientSecret}`,
    `F&O          ${urls.fno}, ${fno.orders.length} orders`,
    `ShipStation  ${urls.shipstation}`,
    `             V1 key ${apiKey}, secret ${apiSecret}`,
    `             V2 key ${apiKeyV2}`,
    "",
    "Connect a profile of its own to them:",
    "",
    connectLine("fno", settings.fno, { clientSecret }),
    connectLine("shipstation", settings.shipstation, { apiKey, apiSecret, apiKeyV2 }),
    "mlc connect fno-shipstation --profile sandbox --no-input",
    "mlc sync --profile sandbox",
  ].join("\n");
}

function connectLine(system: string, settings: Record<string, unknown>, secrets: Record<string, string>): string {
  const sets = Object.entries(settings).map(([path, value]) => `--set ${path}=${value}`);
  const flags = ["--profile sandbox --no-input --store vault", ...sets, "--secrets-stdin"].join(" \\\n    ");
  // A shell takes the lines of a quoted text as they are, and JSON may have them between its members.
  return `echo '${JSON.stringify(secrets).replaceAll(',"', ',\n  "')}' |\n  mlc connect ${system} ${flags}`;
}
