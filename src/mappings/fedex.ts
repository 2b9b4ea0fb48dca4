import type {
  CreateRequest,
  FedExLabel,
  FedExPackage,
  FedExReference,
  ShipFromAddress,
  ShipmentRequest,
} from "../connectors/fedex/schema.ts";
import { decimalOf, productOf, sumOf } from "../core/decimal.ts";
import { type Address, type CivilDate, type Order, personalValues } from "../core/model.ts";
import type { Part } from "../core/parts.ts";
import { type CustomsOptions, customsOf } from "./fedex/customs.ts";
import { type Package, packagesOf } from "./fedex/packages.ts";
import { partyOf } from "./fedex/party.ts";
import { type Notes, shortText, unmappable } from "./fedex/text.ts";

/** What the settings say about shipments, and what names this one. */
export interface ShipmentOptions extends CustomsOptions {
  /** Our own name of the shipment at FedEx, at most 30 characters so that Ground takes it too; never used twice. */
  reference: string;
  /** The shipper's day. */
  shipDate: CivilDate;
  /** Where the part's warehouse ships from, in its legal entity; undefined when no one has said. */
  shipFrom: ShipFromAddress | undefined;
  /** The ERP's delivery mode → FedEx's service. */
  services: Readonly<Record<string, { serviceType: string; packagingType?: string | undefined }>>;
  /** The service of a delivery mode without a row, and of an order without a mode. */
  serviceType: string;
  packagingType: string;
  pickupType: string;
  label: { imageType: FedExLabel["imageType"]; stockType: string };
  /** auto: as the ERP says; where it does not say, FedEx is not told. */
  residential: "auto" | "always" | "never";
}

/** A create call's body, and what was changed or left out in it, without people's values. */
export interface Shippable {
  body: CreateRequest;
  remarks: string[];
}

const longestReference = 30;

/**
 * The create call for an order's part. A delivery mode without a row in `services` takes the default service. A shipment
 * is international when the recipient's country is not the shipper's; Puerto Rico is a country of its own to FedEx (2.2), so
 * customs are told of what goes there from the US too. Throws MappingError. Pure.
 */
export function shipmentRequest(order: Order, part: Part, options: ShipmentOptions): Shippable {
  const notes: Notes = { document: order.id, transliterated: new Set(), remarks: [] };
  const shipper = partyOf(shipperAddress(order, part, options, notes), "shipper", notes);
  const recipient = partyOf(recipientAddress(part, options, notes), "recipients", notes);
  const packages = packagesOf(part.lines, options, notes);
  const references = referencesOf(order, options, notes);
  const service = serviceOf(order, options);
  const origin = shipper.address.countryCode;
  const isAbroad = origin !== recipient.address.countryCode;
  const consignment = { order, lines: part.lines, references, origin };
  const customs = isAbroad ? customsOf(consignment, options, notes) : undefined;
  // Parcels to Canada have to name their packaging (2.6); the field's description in FedEx's specification names this value.
  const isCarton = isAbroad && recipient.address.countryCode === "CA" && service.packagingType === "YOUR_PACKAGING";
  const account = { accountNumber: { value: options.accountNumber } };
  return {
    body: {
      ...account,
      labelResponseOptions: "LABEL",
      requestedShipment: {
        shipper,
        recipients: [recipient],
        shipDatestamp: options.shipDate,
        ...service,
        pickupType: options.pickupType,
        shippingChargesPayment: { paymentType: "SENDER", payor: { responsibleParty: account } },
        labelSpecification: { imageType: options.label.imageType, labelStockType: options.label.stockType },
        requestedPackageLineItems: packages.map((one) => ({
          ...(isCarton ? { subPackagingType: "CARTON" } : {}),
          ...packageLine(one, references),
        })),
        ...(isAbroad ? { totalWeight: totalWeightOf(packages) } : {}),
        ...totalsOf(packages),
        rateRequestType: ["ACCOUNT"],
        ...(customs ? { customsClearanceDetail: customs } : {}),
      },
    },
    remarks: remarksOf(notes),
  };
}

/** What people are called in a create call, as FedEx gets it and may say it again, longest first. Pure. */
export function personalIn({ requestedShipment }: CreateRequest): string[] {
  const addresses = requestedShipment.recipients.map(
    ({ contact, address }): Address => ({
      name: contact.personName ?? "",
      ...(contact.companyName === undefined ? {} : { company: contact.companyName }),
      street: address.streetLines,
      country: address.countryCode,
      phone: contact.phoneNumber,
      ...(contact.emailAddress === undefined ? {} : { email: contact.emailAddress }),
    }),
  );
  const values = personalValues(addresses);
  return personalValues([], [...values, ...values.map((value) => value.toUpperCase())]);
}

function shipperAddress(order: Order, part: Part, { shipFrom }: ShipmentOptions, notes: Notes): Address {
  if (!shipFrom) {
    const { warehouse } = part;
    const where = `of warehouse ${warehouse} in legal entity ${order.legalEntity} is not set`;
    const hint = `Set shipFrom.${warehouse} or shipFrom.${order.legalEntity}.${warehouse} of fedex, then run \`mlc replay\`.`;
    throw unmappable(notes, "shipFrom", where, hint);
  }
  const { street1, street2, ...rest } = shipFrom;
  return withoutUndefined({ ...rest, street: street2 === undefined ? [street1] : [street1, street2] });
}

function recipientAddress({ shipTo }: Part, { residential }: ShipmentOptions, notes: Notes): Address {
  if (!shipTo) throw unmappable(notes, "lines", "are empty");
  return residential === "auto" ? shipTo : { ...shipTo, isResidential: residential === "always" };
}

/** FedEx's service for an order's delivery mode. Pure. */
export function serviceOf(
  { deliveryMode }: Pick<Order, "deliveryMode">,
  { services, serviceType, packagingType }: Pick<ShipmentOptions, "services" | "serviceType" | "packagingType">,
): Pick<ShipmentRequest, "serviceType" | "packagingType"> {
  const isKnown = deliveryMode !== undefined && Object.hasOwn(services, deliveryMode);
  const row = isKnown ? services[deliveryMode] : undefined;
  return { serviceType: row?.serviceType ?? serviceType, packagingType: row?.packagingType ?? packagingType };
}

/** References stand on each package, where labels and tracking take them from (2.3). */
function referencesOf(order: Order, { reference }: ShipmentOptions, notes: Notes): FedExReference[] {
  if (!/^[\x20-\x7e]+$/.test(reference) || reference.length > longestReference) {
    const reason = `"${reference}" is not 1 to ${longestReference} plain characters`;
    throw unmappable(notes, "CUSTOMER_REFERENCE", reason, "Shorten flows.orders.keyTemplate.");
  }
  const checked = (name: string, value: string) => shortText(value, name, longestReference, notes);
  const references: FedExReference[] = [
    { customerReferenceType: "CUSTOMER_REFERENCE", value: reference },
    { customerReferenceType: "P_O_NUMBER", value: checked("P_O_NUMBER", order.number) },
  ];
  if (order.invoice === undefined) notes.remarks.push("no customer invoice yet");
  else references.push({ customerReferenceType: "INVOICE_NUMBER", value: checked("INVOICE_NUMBER", order.invoice) });
  return references;
}

function packageLine({ count, pounds, dimensions }: Package, references: FedExReference[]): FedExPackage {
  return {
    weight: { units: "LB", value: Number(pounds) },
    ...(dimensions ? { dimensions } : {}),
    ...(count === 1 ? {} : { groupPackageCount: count }),
    customerReferences: references,
  };
}

function totalsOf(packages: readonly Package[]): Pick<ShipmentRequest, "totalPackageCount"> {
  const pieces = packages.reduce((sum, { count }) => sum + count, 0);
  return pieces === 1 ? {} : { totalPackageCount: pieces };
}

function totalWeightOf(packages: readonly Package[]): number {
  return Number(sumOf(packages.map(({ count, pounds }) => productOf(pounds, decimalOf(count)))));
}

function remarksOf({ transliterated, remarks }: Notes): string[] {
  return transliterated.size === 0 ? remarks : [`written in ASCII: ${[...transliterated].join(", ")}`, ...remarks];
}

function withoutUndefined({ name = "", company, email, state, postalCode, ...rest }: ShipperParts): Address {
  return {
    ...rest,
    name,
    ...(company === undefined ? {} : { company }),
    ...(email === undefined ? {} : { email }),
    ...(state === undefined ? {} : { state }),
    ...(postalCode === undefined ? {} : { postalCode }),
  };
}

type ShipperParts = Omit<ShipFromAddress, "street1" | "street2"> & { street: string[] };
