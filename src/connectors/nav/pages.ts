import { ConfigError } from "../../core/errors.ts";
import type { NavPairSettings } from "./config.ts";

/** A service of the settings. */
export type ServiceName = keyof NavPairSettings["services"];

/** A page of NAV's: its number, its title and the fields of it that mlc reads. */
interface PageKind {
  number: number;
  title: string;
  /** mlc cannot do without it. */
  isNeeded: boolean;
  /** Fields that it cannot do without where the page is published. */
  fields: readonly string[];
  /** Fields that not every version has, or that a partner may have taken off. */
  further: readonly string[];
  /** Fields of another page that has all of the needed ones too. */
  strange?: readonly string[];
}

const shipping = ["Shipping_Agent_Code", "Shipping_Agent_Service_Code", "Package_Tracking_No"];

const kinds: Readonly<Record<ServiceName, PageKind>> = {
  salesOrder: {
    number: 42,
    title: "Sales Order",
    isNeeded: true,
    fields: ["Document_Type", "No", "Status", "Order_Date", "Sell_to_Customer_Name", ...shipping],
    further: ["Shipment_Date", "Ship_to_Name"],
  },
  salesOrderLines: {
    number: 46,
    title: "the lines of page 42",
    isNeeded: true,
    fields: ["Document_Type", "Document_No", "Line_No", "Type", "No", "Quantity", "Qty_to_Ship", "Quantity_Shipped"],
    further: ["Variant_Code", "Cross_Reference_No", "Description", "Shipment_Date", "Package_Tracking_No"],
  },
  postedSalesShipment: {
    number: 130,
    title: "Posted Sales Shipment",
    isNeeded: true,
    fields: ["No", "Order_No", "Posting_Date", ...shipping],
    further: ["External_Document_No", "Shipment_Date", "Order_Date", "Sell_to_Customer_Name", "Ship_to_Name"],
    // Page 132, Posted Sales Invoice, takes no tracking number (NAV, 4.3).
    strange: ["Pre_Assigned_No", "Cancelled", "Corrective", "Closed"],
  },
  postedSalesShipmentLines: {
    number: 131,
    title: "the lines of page 130",
    isNeeded: false,
    fields: ["Document_No", "Line_No", "No", "Quantity"],
    further: ["Variant_Code", "Correction"],
  },
  shippingAgents: { number: 428, title: "Shipping Agents", isNeeded: false, fields: ["Code"], further: ["Name"] },
  shippingAgentServices: {
    number: 5790,
    title: "Shipping Agent Services",
    isNeeded: false,
    fields: ["Shipping_Agent_Code", "Code"],
    further: [],
  },
  salesComments: { number: 67, title: "Sales Comment Sheet", isNeeded: false, fields: [], further: [] },
};

/** All services, in the order in which a person publishes them. */
export const serviceNames: readonly ServiceName[] = [
  "salesOrder",
  "salesOrderLines",
  "postedSalesShipment",
  "postedSalesShipmentLines",
  "shippingAgents",
  "shippingAgentServices",
  "salesComments",
];

/** What a published service is called: as it is set, or as NAV calls the lines of a page (NAV, 3.2). Pure. */
export function publishedAs(name: ServiceName, { services }: Pick<NavPairSettings, "services">): string {
  if (name === "salesOrderLines") return services.salesOrderLines ?? `${services.salesOrder}SalesLines`;
  if (name === "postedSalesShipmentLines") {
    return services.postedSalesShipmentLines ?? `${services.postedSalesShipment}SalesShipmLines`;
  }
  return services[name];
}

/** The fields of a service that the pair cannot do without, those that its settings name too. Pure. */
export function wantedFields(name: ServiceName, pair: NavPairSettings): string[] {
  const named: string[] = [];
  if (name === "salesOrder") named.push(pair.match.externalField);
  if (pair.shippedField?.page === name) named.push(pair.shippedField.name);
  if (name === "salesComments") {
    const { documentType, number, documentLine, line, text } = pair.comments.fields;
    named.push(documentType, number, documentLine, line, text);
  }
  return [...new Set([...kinds[name].fields, ...named])];
}

/** What `$metadata` says of the services: the properties of each that is published, by its published name. */
export type Published = ReadonlyMap<string, ReadonlySet<string>>;

/** Something that the pair wants and the server does not have. */
export interface Lack {
  service: ServiceName;
  isNeeded: boolean;
  /** What is to be done about it, as a person says it. */
  message: string;
  fix: string;
}

/** What the services lack, needed or only useful. Pure. */
export function lacks(published: Published, pair: NavPairSettings): Lack[] {
  return serviceNames.flatMap((service): Lack[] => {
    const { number, title, isNeeded } = kinds[service];
    const called = publishedAs(service, pair);
    const fields = published.get(called);
    if (!fields) {
      const message = `page ${number} (${title}) is not published as ${called}`;
      const page = service.endsWith("Lines") ? `page ${number === 46 ? 42 : 130}` : `page ${number}`;
      const fix = `Publish ${page} in Web Services, or set nav-shipstation.services.${service} to the name that it has there.`;
      return [{ service, isNeeded, message, fix }];
    }
    const absent = wantedFields(service, pair).filter((field) => !fields.has(field));
    if (absent.length === 0) return [];
    const message = `service ${called} (page ${number}) has no ${absent.join(", ")}`;
    const fix = `Have ${absent.join(", ")} put on page ${number} (${title}) and visible, or mend the settings of nav-shipstation.`;
    return [{ service, isNeeded, message, fix }];
  });
}

/** The first thing that mlc cannot do without, as the error that stops the flow. */
export function lackError({ service, message, fix }: Lack): ConfigError {
  return new ConfigError(`Dynamics NAV: ${message}`, { system: "nav", field: `services.${service}`, hint: fix });
}

/** Those fields of a service that mlc reads and that there are. Pure. */
export function readableFields(name: ServiceName, published: Published, pair: NavPairSettings): string[] {
  const fields = published.get(publishedAs(name, pair)) ?? new Set<string>();
  const further = [...kinds[name].further];
  if (name === "salesComments") further.push(pair.comments.fields.date);
  if (name === "postedSalesShipment") further.push(pair.match.externalField);
  return [...new Set([...wantedFields(name, pair), ...further])].filter((field) => fields.has(field));
}

/** The names of services whose fields look like a page's, so that `connect` can offer them. Pure. */
export function namesFor(name: ServiceName, published: Published): string[] {
  const { fields, strange = [] } = kinds[name];
  const has = (set: ReadonlySet<string>) =>
    fields.length > 0 && fields.every((field) => set.has(field)) && !strange.some((field) => set.has(field));
  return [...published].flatMap(([called, set]) => (has(set) ? [called] : []));
}
