import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { deleteStep, type Guide, type GuideSecret, receiverStep, secretStep } from "./guide.ts";

/** Where FedEx's calls come from in production (FedEx, 5). */
const callers = "20.65.16.22/31";

const maxUrl = 200;

/** Which of FedEx's rules an address breaks (FedEx, 5); none when it will do. Pure. */
export function fedexUrlFaults(address: string): string[] {
  const { protocol, hostname } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const rules: [isBroken: boolean, fault: string][] = [
    [protocol !== "https:", "it must begin with https://"],
    [address.length > maxUrl, `it has ${address.length} characters, and ${maxUrl} are allowed`],
    [isIP(host) !== 0, "it must have a host name, not an IP address"],
    [/(^|\.)localhost$/.test(host), "localhost is not reached from outside"],
    [/(^|\.)fedex\.com$/.test(host), "hosts of fedex.com are refused"],
  ];
  return rules.flatMap(([isBroken, fault]) => (isBroken ? [fault] : []));
}

/** Whether FedEx takes a text as a security token: 26 to 100 characters, capitals, small letters and digits (FedEx, 5). Pure. */
export function isFedexToken(text: string): boolean {
  return /^[\x21-\x7e]{26,100}$/.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

/** A security token that FedEx takes, of letters and digits, so that a double click takes all of it. */
export function fedexToken(random: (size: number) => Buffer = randomBytes): string {
  for (;;) {
    const token = random(48)
      .toString("base64")
      .replace(/[^A-Za-z\d]/g, "")
      .slice(0, 48);
    if (isFedexToken(token)) return token;
  }
}

/** What a person does in FedEx's portal (FedEx, 5). Pure. */
export function fedexGuide(address: string, account: string, secret: GuideSecret): Guide {
  return {
    system: "fedex",
    address,
    steps: [
      ...secretStep(secret),
      receiverStep(`mlc webhooks trigger fedex.tracking --url ${address}`),
      {
        title: "Let FedEx in.",
        details: [
          `Its calls come from ${callers}. It wants a certificate of a public authority and TLS 1.2 or newer; one of your own is refused.`,
        ],
      },
      {
        title: "Open FedEx's developer portal: My Projects, then Webhooks, and create one.",
        details: [
          `Subscribe by account number, with account ${account}: all of its shipments are told then. FedEx charges a monthly fee by tracking numbers; the billing account must be in the US, and accounts are US shipping accounts of nine digits.`,
          "Events: shipping, in transit, delivery and exception; estimates and proof of delivery if you like. mlc reads each parcel again whatever the event says.",
        ],
      },
      {
        title: "Enter name, destination URL and security token.",
        details: [
          `Destination URL: ${address}`,
          `Security token: what is in ${secret.file ?? "<file>"}, which must be all of it and no blank.`,
        ],
      },
      {
        title: "Press Test Webhook URL.",
        details: [
          'FedEx pushes a sample. `mlc listen` prints a line with `"route":"fedex","status":200`; with 401 the token in the portal is another one.',
        ],
      },
      deleteStep(secret.file),
    ],
    notes: [
      "An event that is not answered is tried three times, five minutes apart; then it is in the portal's queue of missed events for 7 days, until you press retry there. `mlc sync` finds meanwhile what was missed, so keep it scheduled.",
    ],
  };
}
