import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { codesOf, fedEx, line, recipient, shipment, toGermany } from "./fedex-fixture.ts";

const bytes = (base64: string) => Buffer.from(base64, "base64");
const lines = (count: number, more: object = {}) => Array.from({ length: count }, () => line("SH-100231-1", more));
const packages = (...list: object[]) => ({ requestedPackageLineItems: list });
const withReference = (customerReferenceType: string, value: string) =>
  packages(line("A", { customerReferences: [{ customerReferenceType, value }] }));

describe("a created shipment", () => {
  it("has a master number, a piece with its label, and a price", async () => {
    const { create, sandbox } = await fedEx();
    const { status, body } = await create();
    const [created] = body.output.transactionShipments;
    const [piece] = created.pieceResponses;
    expect(status).toBe(200);
    expect(created.masterTrackingNumber).toMatch(/^\d{12}$/);
    expect(created).toMatchObject({ serviceType: "FEDEX_GROUND", shipDatestamp: "2026-11-23", alerts: [] });
    expect(piece).toMatchObject({ trackingNumber: created.masterTrackingNumber, packageSequenceNumber: 1 });
    const [label] = piece.packageDocuments;
    expect(label).toMatchObject({ contentType: "LABEL", docType: "ZPLII", copiesToPrint: 1 });
    expect(bytes(label.encodedLabel).toString()).toMatch(/^\^XA\n.*TRK# \d{12}.*REF: SH-100231-1.*PO: SO-1.*\^XZ\n$/s);
    expect(created.completedShipmentDetail.shipmentRating).toMatchObject({
      actualRateType: "PAYOR_ACCOUNT_SHIPMENT",
      shipmentRateDetails: [{ rateType: "PAYOR_ACCOUNT_SHIPMENT", currency: "USD", totalNetCharge: 14.7 }],
    });
    expect(sandbox.ledger).toMatchObject([{ action: "create", key: "SH-100231-1", at: "2026-11-23T16:00:00.000Z" }]);
  });

  it("is a new one each time the same call comes: nothing is idempotent", async () => {
    const { create, sandbox } = await fedEx();
    const id = { "x-customer-transaction-id": "SH-100231-1" };
    await create(shipment(), id);
    await create(shipment(), id);
    expect(new Set(sandbox.liveLabelsOf("SH-100231-1").map((row) => row.masterTrackingNumber)).size).toBe(2);
    expect(sandbox.shipments.map((row) => row.customerTransactionId)).toEqual(["SH-100231-1", "SH-100231-1"]);
  });

  it("is live under the reference of each of its packages", async () => {
    const { ship, sandbox } = await fedEx();
    await ship(shipment(packages(line("A-1"), line("A-2"))));
    expect(["A-1", "A-2", "A"].map((reference) => sandbox.liveLabelsOf(reference).length)).toEqual([1, 1, 0]);
  });

  it("of several pieces gives each a number and a label, and repeats the total on each", async () => {
    const { create } = await fedEx();
    const { body } = await create(shipment(packages(line("A"), line("A", { groupPackageCount: 2 }))));
    const [created] = body.output.transactionShipments;
    const pieces: Record<string, unknown>[] = created.pieceResponses;
    const [{ totalNetCharge }] = created.completedShipmentDetail.shipmentRating.shipmentRateDetails;
    expect(pieces.map(({ packageSequenceNumber }) => packageSequenceNumber)).toEqual([1, 2, 3]);
    expect(new Set(pieces.map(({ trackingNumber }) => trackingNumber)).size).toBe(3);
    expect(pieces[0]?.trackingNumber).toBe(created.masterTrackingNumber);
    expect(pieces.map(({ netRateAmount }) => netRateAmount)).toEqual([totalNetCharge, totalNetCharge, totalNetCharge]);
    expect(pieces.map(({ netChargeAmount }) => netChargeAmount)).toEqual([0, 0, 0]);
  });

  it("has the list price before the account's where it is asked for", async () => {
    const { create } = await fedEx();
    const { body } = await create(shipment({ rateRequestType: ["ACCOUNT", "LIST"] }));
    const { shipmentRateDetails } = body.output.transactionShipments[0].completedShipmentDetail.shipmentRating;
    const types = shipmentRateDetails.map(({ rateType }: { rateType: string }) => rateType);
    expect(types).toEqual(["PAYOR_LIST_SHIPMENT", "PAYOR_ACCOUNT_SHIPMENT"]);
    expect(shipmentRateDetails[0].totalNetCharge).toBeGreaterThan(shipmentRateDetails[1].totalNetCharge);
  });

  it("may have no price: when a third party pays, or when rating is out", async () => {
    const { create, sandbox } = await fedEx();
    const payor = { responsibleParty: { accountNumber: { value: "700000009" } } };
    const third = await create(shipment({ shippingChargesPayment: { paymentType: "THIRD_PARTY", payor } }));
    sandbox.switches.rating = "missing";
    for (const { status, body } of [third, await create()]) {
      expect(status).toBe(200);
      expect(body.output.transactionShipments[0].completedShipmentDetail.shipmentRating).toBeUndefined();
    }
  });

  it("warns when city and postal code do not fit", async () => {
    const { create, sandbox } = await fedEx();
    const code = { code: "SHIP.RECIPIENT.POSTALCITY.MISMATCH", alertType: "WARNING" };
    const { body } = await create(shipment({ recipients: [recipient({ city: "Dallas" })] }));
    expect(body.output.transactionShipments[0].alerts).toMatchObject([code]);
    sandbox.switches.postalCityWarning = true;
    expect((await create()).body.output.transactionShipments[0].alerts).toMatchObject([code]);
  });

  it("may be upgraded to another service, come without its number, or name its label PDF", async () => {
    const switches = { upgradedService: "FEDEX_2_DAY_AM", docType: "PDF" } as const;
    const { create, sandbox } = await fedEx({ switches });
    const { body } = await create(shipment({ serviceType: "FEDEX_2_DAY" }));
    const [created] = body.output.transactionShipments;
    expect(created.serviceType).toBe("FEDEX_2_DAY_AM");
    expect(created.pieceResponses[0].packageDocuments[0].docType).toBe("PDF");
    sandbox.switches.createReply = "withoutNumbers";
    const bare = await create();
    expect(bare.status).toBe(200);
    expect(JSON.stringify(bare.body)).not.toContain("rackingNumber");
    expect(sandbox.liveLabelsOf("SH-100231-1")).toHaveLength(2);
  });

  it("moves a ship date of the past to today, which is the shipper's", async () => {
    const { create } = await fedEx({}, "2026-11-24T03:00:00Z");
    const { body } = await create(shipment({ shipDatestamp: "2026-11-01" }));
    expect(body.output.transactionShipments[0].shipDatestamp).toBe("2026-11-23");
  });

  it("reads sizes without a unit as inches and prints what is not ASCII as question marks", async () => {
    const { create, sandbox } = await fedEx();
    const dimensions = { length: 30, width: 20, height: 10 };
    await create(shipment({ recipients: [recipient({ city: "Łódź" })], ...packages(line("A", { dimensions })) }));
    expect(sandbox.shipments[0]?.pieces[0]?.dimensions?.units).toBe("IN");
    expect(sandbox.shipments[0]?.recipient.city).toBe("??d?");
    sandbox.switches.nonAscii = "refused";
    expect((await create(shipment({ recipients: [recipient({ city: "Łódź" })] }))).status).toBe(400);
  });
});

describe("a label", () => {
  const labelOf = async (labelSpecification: object, more: object = {}) => {
    const world = await fedEx();
    const { body } = await world.create(shipment({ labelSpecification }, more));
    return { ...world, label: body.output.transactionShipments[0].pieceResponses[0].packageDocuments[0] };
  };

  it("as PDF is a file whose cross references hold", async () => {
    const { label } = await labelOf({ imageType: "PDF", labelStockType: "PAPER_4X6" });
    const text = bytes(label.encodedLabel).toString("latin1");
    expect(text).toMatch(/^%PDF-1\.4\n.*%%EOF\n$/s);
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(start, start + 4)).toBe("xref");
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n/gm)].map(([, offset]) => Number(offset));
    expect(offsets.map((offset, index) => text.startsWith(`${index + 1} 0 obj`, offset))).toEqual(Array(5).fill(true));
  });

  it("as PNG is a picture that unpacks to its size", async () => {
    const { label } = await labelOf({ imageType: "PNG", labelStockType: "PAPER_4X6" });
    const png = bytes(label.encodedLabel);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const data = png.indexOf("IDAT");
    const pixels = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    expect(pixels.length).toBe((width / 8 + 1) * height);
  });

  it("as EPL is plain text", async () => {
    const { label } = await labelOf({ imageType: "EPL2", labelStockType: "STOCK_4X6" });
    expect(bytes(label.encodedLabel).toString()).toMatch(/^N\nA30.*P1\n$/s);
  });

  it("behind a link lives for 24 hours", async () => {
    const stock = { imageType: "ZPLII", labelStockType: "STOCK_4X6" };
    const { label, sandbox, clock } = await labelOf(stock, { labelResponseOptions: "URL_ONLY" });
    expect(label.encodedLabel).toBeUndefined();
    expect(await (await sandbox.fetch(new Request(label.url))).text()).toMatch(/^\^XA/);
    clock.pass(86_401);
    expect((await sandbox.fetch(new Request(label.url))).status).toBe(404);
  });
});

describe("Ship refuses", () => {
  const to = (address: object, contact: object = {}) => ({ recipients: [recipient(address, contact)] });
  const any = "INVALID.INPUT.EXCEPTION";
  const paid = (paymentType: string, value?: string) => ({
    shippingChargesPayment: {
      paymentType,
      ...(value !== undefined && { payor: { responsibleParty: { accountNumber: { value } } } }),
    },
  });
  const label = (imageType: string, labelStockType: string, more: object = {}) => ({
    labelSpecification: { imageType, labelStockType, ...more },
  });
  const sized = (length: number, width = 9, height = 5) =>
    packages(line("A", { dimensions: { length, width, height, units: "IN" } }));
  const weighing = (value: number, units = "LB") => packages(line("A", { weight: { units, value } }));

  it.each<[string, string, object]>([
    ["a street line of 36", "STREETLINES.TOO.LONG", to({ streetLines: ["x".repeat(36)] })],
    ["no street", any, to({ streetLines: undefined })],
    ["a long city", any, to({ city: "x".repeat(36) })],
    ["a whole state name", "RECIPIENTS.STATEORPROVINCECODE.INVALID", to({ stateOrProvinceCode: "Texas" })],
    ["no state in the US", "RECIPIENTS.STATEORPROVINCECODE.INVALID", to({ stateOrProvinceCode: undefined })],
    ["no postal code", "POSTALCODE.ZIPCODE.REQUIRED", to({ postalCode: undefined })],
    ["a postal code that lost its 0", "COUNTRY.POSTALCODEORZIP.INVALID", to({ postalCode: 4101 })],
    ["a country name", any, to({ countryCode: "USA" })],
    ["no name at all", any, to({}, { personName: undefined })],
    ["a long company", any, to({}, { companyName: "x".repeat(36) })],
    ["a US phone of 9 digits", "RECIPIENTCONTACT.PHONENUMBER.INVALID", to({}, { phoneNumber: "512555012" })],
    ["no phone", "RECIPIENTCONTACT.PHONENUMBER.INVALID", to({}, { phoneNumber: undefined })],
    ["a phone of 16 digits", "PHONENUMBER.TOO.LONG", to({}, { phoneNumber: "1".repeat(16) })],
    ["an empty street line", any, to({ streetLines: ["88 Cedar St", ""] })],
    ["two recipients", any, { recipients: [recipient(), recipient()] }],
    ["paper stock for ZPL", any, label("ZPLII", "PAPER_4X6")],
    ["roll stock for PDF", any, label("PDF", "STOCK_4X6")],
    ["an unknown image", any, label("JPG", "PAPER_4X6")],
    ["300 dpi for EPL", any, label("EPL2", "STOCK_4X6", { resolution: 300 })],
    ["a weight of three decimals", "PACKAGE.WEIGHT.INVALID", weighing(4.255)],
    ["no weight", "PACKAGE.WEIGHT.INVALID", weighing(0)],
    ["ounces", "PACKAGE.WEIGHT.INVALID", weighing(4, "OZ")],
    ["151 pounds", "MAXIMUMWEIGHT.TYPE.ERROR", weighing(151)],
    ["half inches", any, sized(12.5)],
    ["a side of 0", any, sized(12, 0)],
    ["a side of 1000", "DIMENSIONS.EXCEEDS.LIMITS", sized(1000)],
    ["two sides only", any, packages(line("A", { dimensions: { length: 12, width: 9, units: "IN" } }))],
    ["31 lines", any, packages(...lines(31))],
    ["41 packages", any, packages(line("A", { groupPackageCount: 41 }))],
    ["no line", any, { requestedPackageLineItems: undefined }],
    ["31 characters of our reference on Ground", any, withReference("CUSTOMER_REFERENCE", "x".repeat(31))],
    ["31 characters of a purchase order", any, withReference("P_O_NUMBER", "x".repeat(31))],
    ["21 characters of a return", any, withReference("RMA_ASSOCIATION", "x".repeat(21))],
    ["a type of tracking", any, withReference("PURCHASE_ORDER", "SO-1")],
    ["another payor than the sender", "ACCOUNT.NUMBER.MISMATCH", paid("SENDER", "700000001")],
    ["no account of a paying recipient", "ACCOUNT.NUMBER.INVALID", paid("RECIPIENT")],
    ["an unknown service", "SERVICETYPE.NOT.ALLOWED", { serviceType: "INTERNATIONAL_PRIORITY" }],
    ["a service abroad within the US", "SERVICETYPE.NOT.ALLOWED", { serviceType: "INTERNATIONAL_ECONOMY" }],
    ["FedEx's box on Ground", "SERVICE.PACKAGECOMBINATION.INVALID", { packagingType: "FEDEX_BOX" }],
    ["no packaging", "PACKAGINGTYPE.MISSING.OR.INVALID", { packagingType: undefined }],
    ["an unknown pickup", any, { pickupType: "REGULAR_PICKUP" }],
    ["a date 11 days ahead", any, { shipDatestamp: "2026-12-04" }],
    ["a date that is none", any, { shipDatestamp: "2026-02-30" }],
    ["a declared total that is no sum", any, { totalDeclaredValue: { amount: 5, currency: "USD" } }],
    ["an economy parcel without hub", any, { serviceType: "SMART_POST" }],
    ["a number where an object belongs", any, { shipper: 7 }],
  ])("%s: %s", async (_what, code, more) => {
    const { create, validate, sandbox } = await fedEx();
    const refused = await create(shipment(more));
    expect([refused.status, codesOf(refused)]).toEqual([400, expect.arrayContaining([code])]);
    expect(codesOf(await validate(shipment(more)))).toEqual(codesOf(refused));
    expect(sandbox.ledger).toEqual([]);
  });

  it("the other account, or one that is none", async () => {
    const { create } = await fedEx();
    const other = await create(shipment({}, { accountNumber: { value: "700000001" } }));
    const none = await create(shipment({}, { accountNumber: { value: "70" } }));
    expect([...codesOf(other), ...codesOf(none)]).toEqual([
      "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED",
      "ACCOUNT.NUMBER.INVALID",
    ]);
  });

  it("everything that is wrong at once, and bodies that are no JSON", async () => {
    const { create } = await fedEx();
    const wrong = await create(shipment({ ...to({ stateOrProvinceCode: "Texas" }), ...weighing(4.255) }));
    expect(codesOf(wrong)).toEqual(["RECIPIENTS.STATEORPROVINCECODE.INVALID", "PACKAGE.WEIGHT.INVALID"]);
    expect((await create("{")).status).toBe(400);
  });

  it("only what it must: 30 lines, 40 packages, 40 characters on Express, a phone with +1, no size", async () => {
    const { create, sandbox } = await fedEx();
    const long = withReference("CUSTOMER_REFERENCE", "x".repeat(40));
    for (const more of [
      packages(...lines(30)),
      packages(line("A", { groupPackageCount: 40 })),
      { serviceType: "FEDEX_2_DAY", ...long },
      to({}, { phoneNumber: "+15125550123" }),
      packages(line("A", { dimensions: undefined })),
      paid("SENDER", "700000000"),
    ])
      expect((await create(shipment(more))).status).toBe(200);
    sandbox.switches.dimensions = "required";
    expect((await create(shipment(packages(line("A", { dimensions: undefined }))))).status).toBe(400);
  });

  it("a bad phone of the recipient, or warns of it where the switch says so", async () => {
    const { create } = await fedEx({ switches: { recipientPhone: "alert" } });
    const { status, body } = await create(shipment(to({}, { phoneNumber: "512555012" })));
    expect(status).toBe(200);
    expect(body.output.transactionShipments[0].alerts).toMatchObject([
      { code: "RECIPIENTCONTACT.PHONENUMBER.INVALID", alertType: "WARNING" },
    ]);
  });
});

describe("an international shipment", () => {
  it("is taken with its customs side, and brings an invoice where one is asked for", async () => {
    const { create } = await fedEx();
    const { body, status } = await create(
      shipment({ ...toGermany(), shippingDocumentSpecification: { shippingDocumentTypes: ["COMMERCIAL_INVOICE"] } }),
    );
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(body.output.transactionShipments[0].shipmentDocuments).toMatchObject([
      { contentType: "COMMERCIAL_INVOICE", docType: "PDF" },
    ]);
  });

  it.each<[string, object]>([
    ["no customs side", { ...toGermany(), customsClearanceDetail: undefined }],
    ["no total weight", { ...toGermany(), totalWeight: undefined }],
    ["no origin", toGermany({ countryOfManufacture: undefined })],
    ["no description", toGermany({ description: undefined })],
    ["weights in two units", toGermany({ weight: { units: "KG", value: 2 } })],
    ["two currencies", toGermany({ unitPrice: { amount: 41.5, currency: "EUR" } })],
    ["a total that is no sum", toGermany({}, { totalCustomsValue: { amount: 80, currency: "USD" } })],
    ["a purpose that is none", toGermany({}, { commercialInvoice: { shipmentPurpose: "RESALE" } })],
    ["a domestic service", { ...toGermany(), serviceType: "FEDEX_2_DAY" }],
  ])("is refused with %s", async (_what, more) => {
    const { create } = await fedEx();
    const refused = await create(shipment(more));
    expect([refused.status, codesOf(refused)]).toEqual([400, [expect.any(String)]]);
  });

  it("is refused with an empty account of who pays duties", async () => {
    const { create } = await fedEx();
    const dutiesPayment = { paymentType: "RECIPIENT", payor: { responsibleParty: { accountNumber: {} } } };
    expect(codesOf(await create(shipment(toGermany({}, { dutiesPayment }))))).toContain("ACCOUNT.NUMBER.INVALID");
  });
});

describe("a job", () => {
  const many = shipment(packages(...lines(5, { groupPackageCount: 12 })), {
    processingOptionType: "ALLOW_ASYNCHRONOUS",
  });

  it("takes more than 40 packages and hands out the labels when it is done", async () => {
    const { create, results, clock } = await fedEx({ switches: { jobMs: 5000 } });
    const { body } = await create(many);
    expect(Object.keys(body.output)).toEqual(["jobId", "alerts"]);
    expect((await results(body.output.jobId)).body.output.transactionShipments).toBeUndefined();
    clock.pass(5);
    const done = await results(body.output.jobId);
    expect(done.body.output.transactionShipments[0].pieceResponses).toHaveLength(60);
    expect((await results("job-9")).status).toBe(400);
  });

  it("is made of few packages too, unless the switch says above 40 only", async () => {
    const { create, sandbox } = await fedEx();
    const few = shipment({}, { processingOptionType: "ALLOW_ASYNCHRONOUS" });
    expect((await create(few)).body.output.jobId).toBeDefined();
    sandbox.switches.asynchronous = "aboveForty";
    expect((await create(few)).body.output.transactionShipments).toHaveLength(1);
  });
});

describe("validation", () => {
  it("says that a single piece is good and creates nothing", async () => {
    const { validate, sandbox } = await fedEx();
    const { status, body } = await validate(shipment());
    expect([status, body.output.alerts]).toMatchObject([200, [{ code: "SHIPMENT.VALIDATION.SUCCESS" }]]);
    expect(sandbox.shipments).toEqual([]);
  });

  it("refuses several pieces", async () => {
    const { validate } = await fedEx();
    expect((await validate(shipment(packages(line(), line())))).status).toBe(400);
  });
});

describe("a cancellation", () => {
  it("takes the whole shipment by any of its numbers", async () => {
    const { create, cancel, sandbox } = await fedEx();
    const { body } = await create(shipment(packages(line(), line())));
    const second = body.output.transactionShipments[0].pieceResponses[1].trackingNumber;
    expect((await cancel(second)).body.output).toEqual({
      cancelledShipment: true,
      cancelledHistory: true,
      message: "Shipment is successfully cancelled",
      alerts: [],
    });
    expect(sandbox.shipments).toMatchObject([{ status: "cancelled" }]);
    expect(sandbox.liveLabelsOf("SH-100231-1")).toEqual([]);
    expect(sandbox.ledger.map(({ action, key }) => [action, key])).toEqual([
      ["create", "SH-100231-1"],
      ["cancel", "SH-100231-1"],
    ]);
  });

  it.each([
    "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
    "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
    "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
  ] as const)("repeated says with %s in errors that it is done", async (code) => {
    const { ship, cancel, sandbox } = await fedEx({
      switches: { repeatedCancelCode: code, cancelText: "successMessage" },
    });
    const number = await ship();
    expect((await cancel(number)).body.output.successMessage).toMatch(/cancelled/);
    const again = await cancel(number);
    expect([again.status, codesOf(again)]).toEqual([400, [code]]);
    sandbox.switches.repeatedCancelStatus = 200;
    const third = await cancel(number);
    expect([third.status, codesOf(third)]).toEqual([200, [code]]);
    expect(sandbox.ledger).toHaveLength(2);
  });

  it("fails once a piece is tendered, once the Ground day is closed, and for unknown numbers", async () => {
    const { ship, cancel, sandbox } = await fedEx();
    const [tendered, closed] = [await ship(), await ship()];
    sandbox.tender(tendered);
    expect(codesOf(await cancel(tendered))).toEqual(["SHIPMENT.CANCELEDWITHOUTPICKUP.FAILURE"]);
    sandbox.closeDay();
    expect(codesOf(await cancel(closed))).toEqual(["TRACKINGIDS.TRACKINGNUMBER.CLOSED"]);
    expect((await cancel("799999999999")).status).toBe(400);
    const express = await ship(shipment({ serviceType: "FEDEX_2_DAY" }));
    sandbox.closeDay();
    expect((await cancel(express)).status).toBe(200);
  });
});
