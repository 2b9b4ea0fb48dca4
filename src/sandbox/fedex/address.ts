import { Hono } from "hono";
import { z } from "zod";
import { invalidInput, Refusal, type Replies } from "./replies.ts";
import type { FedExSwitches } from "./switches.ts";

const address = z.object({
  streetLines: z.array(z.string()).min(1),
  city: z.string().optional(),
  stateOrProvinceCode: z.string().optional(),
  postalCode: z.string().optional(),
  countryCode: z.string(),
});
const body = z.object({
  addressesToValidate: z
    .array(z.object({ address, clientReferenceId: z.string().optional() }))
    .min(1)
    .max(100),
});

type Asked = z.infer<typeof body>["addressesToValidate"][number];

/** Address Validation, which advises only (FedEx, 3.2). */
export function fedExAddress(switches: FedExSwitches, replies: Replies): Hono {
  const app = new Hono();
  app.post("/addresses/resolve", async (c) => {
    const parsed = body.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success)
      throw new Refusal(
        400,
        parsed.error.issues.map(({ path, message }) => invalidInput(path.join("."), message)),
      );
    return replies.output(c.req.raw, {
      resolvedAddresses: parsed.data.addressesToValidate.map((asked) => resolved(switches, asked)),
      alerts: [],
    });
  });
  return app;
}

function resolved({ classification }: FedExSwitches, { address, clientReferenceId }: Asked): object {
  const { streetLines, city = "", stateOrProvinceCode = "", postalCode = "", countryCode } = address;
  const street = streetLines.join(" ").toUpperCase();
  const isInterpolated = !/\d/.test(street);
  const [base = postalCode, addOn = ""] = postalCode.split("-");
  return {
    ...(clientReferenceId !== undefined && { clientReferenceId }),
    streetLinesToken: streetLines.map((line) => line.toUpperCase()),
    city: city.toUpperCase(),
    stateOrProvinceCode,
    postalCode,
    parsedPostalCode: { base, addOn, deliveryPoint: "" },
    countryCode,
    classification: classification === "byStreet" ? classOf(street) : classification,
    postOfficeBox: /\bP\.? ?O\.? BOX\b/.test(street),
    normalizedStatusNameDPV: !isInterpolated,
    customerMessage: isInterpolated
      ? [{ code: "INTERPOLATED.STREET.ADDRESS", message: "The street number was interpolated." }]
      : [],
    attributes: { Resolved: "true", DPV: String(!isInterpolated) },
  };
}

function classOf(street: string): string {
  if (/\b(APT|UNIT)\b/.test(street)) return "RESIDENTIAL";
  return /\b(SUITE|STE|DOCK|BLVD|PIER)\b/.test(street) ? "BUSINESS" : "UNKNOWN";
}
