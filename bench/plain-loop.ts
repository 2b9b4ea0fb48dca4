// A process of its own, what mlc is compared with: a loop of fetch that makes the same reads and writes, and keeps nothing.

/** What the loop is told. */
export interface PlainLoop {
  urls: Record<"entra" | "fno" | "shipstation", string>;
  credentials: Record<"tenantId" | "clientId" | "clientSecret" | "apiKey" | "apiSecret", string>;
  /** Names of fields with commas between, as mlc selects them. */
  fields: Record<"header" | "line" | "customer" | "product", string>;
}

interface Row {
  [name: string]: string | number | Row[] | undefined;
}

const { urls, credentials, fields } = JSON.parse(process.argv[2] ?? "{}") as PlainLoop;
const basic = Buffer.from(`${credentials.apiKey}:${credentials.apiSecret}`).toString("base64");

const token = await fetch(`${urls.entra}/${credentials.tenantId}/oauth2/v2.0/token`, {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "client_credentials",
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    scope: `${urls.fno}/.default`,
  }),
});
const { access_token } = (await token.json()) as { access_token: string };

async function* pages(path: string): AsyncGenerator<Row[]> {
  for (let next: string | undefined = urls.fno + path; next !== undefined; ) {
    const answer: Response = await fetch(next, {
      headers: { authorization: `Bearer ${access_token}`, prefer: "odata.maxpagesize=500" },
    });
    if (!answer.ok) throw new Error(`${next}: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { value: Row[]; "@odata.nextLink"?: string };
    yield page.value;
    next = page["@odata.nextLink"];
  }
}

async function all(path: string, key: string): Promise<Map<unknown, Row>> {
  const found = new Map<unknown, Row>();
  for await (const rows of pages(path)) for (const row of rows) found.set(row[key], row);
  return found;
}

const ofCompany = "cross-company=true&$filter=dataAreaId%20eq%20'usmf'";
const customers = await all(`/data/CustomersV3?${ofCompany}&$select=${fields.customer}`, "CustomerAccount");
const products = await all(`/data/ReleasedProductsV2?${ofCompany}&$select=${fields.product}`, "ItemNumber");

function address(row: Row, customer: Row | undefined) {
  const [street1, street2, street3] = String(row.DeliveryAddressStreet ?? "").split("\n");
  return {
    name: row.DeliveryAddressName,
    street1,
    street2,
    street3,
    city: row.DeliveryAddressCity,
    state: row.DeliveryAddressStateId,
    postalCode: row.DeliveryAddressZipCode,
    country: row.DeliveryAddressCountryRegionISOCode,
    phone: customer?.PrimaryContactPhone,
  };
}

function order(row: Row) {
  const customer = customers.get(row.OrderingCustomerAccountNumber);
  const lines = (row.SalesOrderLines ?? []) as Row[];
  return {
    orderNumber: row.SalesOrderNumber,
    orderKey: `${row.dataAreaId}-${row.SalesOrderNumber}`,
    orderDate: String(row.OrderCreationDateTime).slice(0, 19),
    orderStatus: "awaiting_shipment",
    customerUsername: row.OrderingCustomerAccountNumber,
    customerEmail: row.Email,
    billTo: address(row, customer),
    shipTo: address(row, customer),
    items: lines.map((line) => ({
      lineItemKey: line.InventoryLotId,
      sku: line.ItemNumber,
      name: line.LineDescription,
      quantity: line.OrderedSalesQuantity,
      unitPrice: line.SalesPrice,
      weight: { value: Number(products.get(line.ItemNumber)?.NetProductWeight ?? 0) * 1000, units: "grams" },
    })),
    requestedShippingService: row.DeliveryModeCode,
    advancedOptions: { customField1: row.CustomerRequisitionNumber },
  };
}

async function send(orders: readonly unknown[]): Promise<void> {
  const answer = await fetch(`${urls.shipstation}/orders/createorders`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/json" },
    body: JSON.stringify(orders),
  });
  const { results } = (await answer.json()) as { results: { success: boolean; errorMessage: string }[] };
  const failed = results.find(({ success }) => !success);
  if (failed) throw new Error(failed.errorMessage);
}

const filter = `${ofCompany}%20and%20SalesOrderStatus%20eq%20Microsoft.Dynamics.DataEntities.SalesStatus'Backorder'`;
const options = `$select=${fields.header}&$expand=SalesOrderLines($select=${fields.line})`;
for await (const rows of pages(`/data/SalesOrderHeadersV3?${filter}&${options}&$orderby=dataAreaId,SalesOrderNumber`)) {
  for (let at = 0; at < rows.length; at += 100) await send(rows.slice(at, at + 100).map(order));
}
