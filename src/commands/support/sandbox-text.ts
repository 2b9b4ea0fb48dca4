import { type Sandboxes, sandboxCredentials, sandboxFedEx } from "./sandboxes.ts";

/** Addresses and credentials of the simulated vendors, and command lines that connect to them. Pure. */
export function sandboxText({
  urls,
  settings,
  fno,
}: Pick<Sandboxes, "urls" | "settings"> & { fno: { orders: unknown[] } }): string {
  const { tenantId, clientId, clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const { accountNumber, secrets } = sandboxFedEx;
  return [
    `Entra        ${urls.entra}`,
    `             tenant ${tenantId}`,
    `             client ${clientId}`,
    `             secret ${clientSecret}`,
    `F&O          ${urls.fno}, ${fno.orders.length} orders`,
    `ShipStation  ${urls.shipstation}`,
    `             V1 key ${apiKey}, secret ${apiSecret}`,
    `             V2 key ${apiKeyV2}`,
    `FedEx        ${urls.fedex}, account ${accountNumber}`,
    `             ship key ${secrets.apiKey}, secret ${secrets.apiSecret}`,
    `             track key ${secrets.trackApiKey}, secret ${secrets.trackApiSecret}`,
    "",
    "Connect a profile of its own to them:",
    "",
    connectLine("fno", settings.fno, { clientSecret }),
    connectLine("shipstation", settings.shipstation, { apiKey, apiSecret, apiKeyV2 }),
    "mlc connect fno-shipstation --profile sandbox --no-input",
    "mlc sync --profile sandbox",
    "",
    "FedEx:",
    "",
    connectLine("fedex", settings.fedex, secrets),
  ].join("\n");
}

function connectLine(system: string, settings: Record<string, unknown>, secrets: Record<string, string>): string {
  const sets = Object.entries(settings).flatMap(([path, value]) => setFlags(path, value));
  const flags = ["--profile sandbox --no-input --store vault", ...sets, "--secrets-stdin"].join(" \\\n    ");
  return `echo '${jsonLines(secrets)}' |\n  mlc connect ${system} ${flags}`;
}

/** One flag a setting, or one for each entry of a table of settings. */
function setFlags(path: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`--set ${path}=${value}`];
  return Object.entries(value).map(([key, entry]) => `--set '${path}.${key}=${jsonLines(entry)}'`);
}

/** A shell takes the lines of a quoted text as they are, and JSON may have them between its members. */
function jsonLines(value: unknown): string {
  const lines: string[] = [];
  for (const member of JSON.stringify(value).split(/(?<=,)(?=")/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + member.length <= 50) lines[lines.length - 1] = line + member;
    else lines.push(member);
  }
  return lines.join("\n  ");
}
