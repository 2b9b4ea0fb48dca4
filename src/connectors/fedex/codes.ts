const account =
  "Check accountNumber, and that the account belongs to the project of the API key in FedEx's developer portal.";
const phone = "Give the phone number 10 digits (10 to 15 outside the US and Canada), then run `mlc replay`.";
const postalCode = "Mend the postal code, then run `mlc replay`.";
const service =
  "Choose another service or packaging for this delivery mode in the pair's `services`, then run `mlc replay`.";
const size = "Mend the product's weight or size, or choose another packing, then run `mlc replay`.";
const state = "Use the two-letter code of the state, then run `mlc replay`.";

/** What a person does about the codes that FedEx gives often (7); it has some 1,700. */
const hints = {
  "NOT.AUTHORIZED.ERROR": "Run `mlc connect fedex` and enter the API keys again.",
  "FORBIDDEN.ERROR":
    "Enable the API for the key's project in FedEx's developer portal: Ship and Track are projects of their own.",
  "ACCOUNTNUMBER.REGISTRATION.REQUIRED": account,
  "ACCOUNT.NUMBER.INVALID": account,
  "ACCOUNT.NUMBERORKEY.INVALID": account,
  "ACCOUNT.NUMBER.MISMATCH": account,
  "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED": account,
  "SHIPPER.STATEORPROVINCECODE.INVALID": "Set the two-letter state in shipFrom, then run `mlc replay`.",
  "RECIPIENTS.STATEORPROVINCECODE.INVALID": state,
  "STREETLINES.TOO.LONG": "Shorten the street to lines of 35 characters, then run `mlc replay`.",
  "PHONENUMBER.TOO.LONG": phone,
  "RECIPIENTCONTACT.PHONENUMBER.INVALID": phone,
  "POSTALCODE.ZIPCODE.REQUIRED": postalCode,
  "COUNTRY.POSTALCODEORZIP.INVALID": postalCode,
  "DESTINATION.POSTALCODE.MISSING.ORINVALID": postalCode,
  "SHIP.RECIPIENT.POSTALCITY.MISMATCH": "Check that the city fits the postal code.",
  "SERVICETYPE.NOT.ALLOWED": service,
  "SERVICE.PACKAGECOMBINATION.INVALID": service,
  "PACKAGINGTYPE.MISSING.OR.INVALID": service,
  "ORIGIN.COUNTRY.NOTSERVED": service,
  "PACKAGE.WEIGHT.INVALID": size,
  "MAXIMUMWEIGHT.TYPE.ERROR": size,
  "DIMENSIONS.EXCEEDS.LIMITS": size,
  "TRACKING.TRACKINGNUMBERS.LIMITEXCEEDED": "Report this to mlc's makers: it never asks for more than 30 numbers.",
  "TRACKINGIDS.TRACKINGNUMBER.CLOSED": "Ask FedEx to stop the parcel: its day is closed, so it cannot be cancelled.",
  "SHIPMENT.CANCELEDWITHOUTPICKUP.FAILURE": "Ask FedEx whether the shipment can still be cancelled.",
  "VIRTUAL.RESPONSE": "Set apiUrl to https://apis.fedex.com when this is meant to be real.",
  "REQUEST.MISMATCH": "Set apiUrl to https://apis.fedex.com: FedEx's test host knows only its own sample requests.",
} as const satisfies Readonly<Record<string, string>>;

const byCode = new Map<string, string>(Object.entries(hints));

/** What a person does about one of FedEx's codes, in one sentence; undefined for codes that say enough. Pure. */
export function hintOf(code: string | undefined): string | undefined {
  return code === undefined ? undefined : byCode.get(code);
}

/** Errors that mean: the shipment is cancelled (2.10). Their look-alike `…FAILURE` is none of them. */
export const cancelledCodes: ReadonlySet<string> = new Set([
  "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
  "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
  "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
]);

/** Errors of a look-up by reference that stand for one parcel, in whichever channel they come (4.3). */
export const lookUpCodes: ReadonlySet<string> = new Set([
  "TRACKING.REFERENCENUMBER.NOTFOUND",
  "TRACKING.DATA.NOTUNIQUE",
]);
