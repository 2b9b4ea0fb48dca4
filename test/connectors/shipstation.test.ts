import { describe, expect, it } from "vitest";
import { shipStationPairSettings, shipStationSettings } from "../../src/connectors/shipstation/config.ts";
import { isTransient, messageOf } from "../../src/connectors/shipstation/errors.ts";
import type { Delivery, Found, Step, StepResult } from "../../src/core/delivery.ts";
import { AuthError, RejectedError, UnavailableError, UnknownOutcomeError } from "../../src/core/errors.ts";
import type { Json } from "../../src/core/json.ts";
import type { Order } from "../../src/core/model.ts";
import type { Target } from "../../src/core/ports.ts";
import { account, delivery, line, order, withDone } from "../systems/shipstation-fixture.ts";

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => order({ id: `usmf/SO-${1000 + index}`, number: `SO-${1000 + index}` }));

const stepsFor = (target: Target<Order>, orders: readonly Order[]): Step[] =>
  orders.flatMap((document) => target.next(document, delivery(), {}));

const outcomes = (results: readonly StepResult[]) =>
  results.map((result) => (result.outcome === "done" ? "done" : result.error.constructor.name));

const states = (found: readonly Found[]) => found.map(({ state }) => state);

/** Sends what `next` says until it says no more, as the engine does. */
async function settle(target: Target<Order>, document: Order, given: Delivery = delivery()): Promise<Delivery> {
  let known = given;
  const seen: Record<string, Json> = {};
  for (let round = 0; round < 5; round++) {
    const steps = target.next(document, known, seen);
    const [first] = steps;
    if (!first) return known;
    const results = ["skip", "notice"].includes(first.action) ? [] : await target.send(steps);
    const [result] = results;
    if (first.action === "read") seen[first.name] = result?.outcome === "done" ? (result.seen ?? null) : null;
    else known = withDone(known, steps, result?.outcome === "done" ? result.memo : {});
  }
  throw new Error("does not settle");
}

describe("writing orders", () => {
  it("a hundred orders go in one call and each gets its id", async () => {
    const { sandbox, requests, system } = account();
    const target = system().orderTarget();
    const results = await target.send(stepsFor(target, numbered(100)));
    expect(requests.map(({ pathname }) => pathname)).toEqual(["/orders/createorders"]);
    expect(sandbox.orders).toHaveLength(100);
    expect(results.every((result) => result.outcome === "done" && result.target !== undefined)).toBe(true);
  });

  it("a single order goes by createorder, and again without a second one", async () => {
    const { sandbox, requests, system } = account();
    const target = system().orderTarget();
    const steps = stepsFor(target, [order()]);
    await target.send(steps);
    await target.send(steps);
    expect(requests.map(({ pathname }) => pathname)).toEqual(["/orders/createorder", "/orders/createorder"]);
    expect(sandbox.orders).toHaveLength(1);
  });

  it.each([200, 202, 400] as const)(
    "a bad row fails alone when the batch is answered with %i",
    async (bulkErrorStatus) => {
      const { system } = account({ sandbox: { switches: { bulkErrorStatus } } });
      const target = system().orderTarget();
      const steps = stepsFor(target, numbered(3));
      const results = await target.send(steps.map((step, index) => (index === 1 ? withoutStatus(step) : step)));
      expect(outcomes(results)).toEqual(["done", "RejectedError", "done"]);
    },
  );

  it("a batch refused whole is thrown as refused, with the field", async () => {
    const { system } = account({ sandbox: { switches: { bulkValidation: "wholeBatch" } } });
    const target = system().orderTarget();
    const steps = stepsFor(target, numbered(2)).map(withoutStatus);
    const error = await target.send(steps).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ context: { field: expect.stringMatching(/^orderStatus/) } });
  });

  it("an edit in the ERP reaches the order and keeps what was set there", async () => {
    const { sandbox, system } = account();
    const target = system().orderTarget();
    const known = await settle(target, order());
    sandbox.edit("usmf-SO-1001", { internalNotes: "call first", carrierCode: "fedex", tagIds: [7] });
    await settle(target, order({ lines: [line({ quantity: 5 })] }), known);
    expect(sandbox.orders[0]).toMatchObject({ internalNotes: "call first", carrierCode: "fedex", tagIds: [7] });
    expect(sandbox.orders[0]?.items[0]?.quantity).toBe(5);
    expect(sandbox.ledger.map(({ action }) => action)).toEqual(["create", "update"]);
  });

  it("an order cancelled in the ERP is cancelled there; a shipped one is left alone", async () => {
    const { sandbox, system } = account();
    const target = system().orderTarget();
    const [one, two] = numbered(2);
    if (!one || !two) throw new Error("two orders");
    const [first, second] = [await settle(target, one), await settle(target, two)];
    sandbox.print("usmf-SO-1001");
    await settle(target, { ...one, status: "cancelled" }, first);
    await settle(target, { ...two, status: "cancelled" }, second);
    expect(sandbox.orders.map(({ orderStatus }) => orderStatus)).toEqual(["cancelled", "shipped"]);
  });

  it("a part of a split order there is updated with both its id and its key", async () => {
    const { sandbox, system } = account();
    const target = system().orderTarget();
    const known = await settle(target, order({ lines: [line(), line({ key: "L2" })] }));
    sandbox.split("usmf-SO-1001", [{ lineItemKey: "L2", quantity: 2 }]);
    await settle(target, order({ email: "ap@example.com", lines: [line(), line({ key: "L2" })] }), known);
    expect(sandbox.orders[0]?.customerEmail).toBe("ap@example.com");
  });
});

describe("looking up lost answers", () => {
  it.each([1, 8])("finds the one that landed and not the one that did not, among %i", async (count) => {
    const { clock, system } = account();
    const target = system().orderTarget();
    const steps = stepsFor(target, numbered(count + 1));
    await target.send(steps.slice(0, count));
    const lookups = steps.map((step) => ({ ...step, memo: {} }));
    const found = await target.find(lookups, clock.now());
    expect(states(found)).toEqual([...Array(count).fill("present"), "absent"]);
  });

  it("an order whose number only begins alike is not ours", async () => {
    const { sandbox, clock, system } = account();
    sandbox.addOrder({ orderNumber: "SO-10011", orderKey: "usmf-SO-10011" });
    const target = system().orderTarget();
    const found = await target.find(
      stepsFor(target, [order()]).map((step) => ({ ...step, memo: {} })),
      clock.now(),
    );
    expect(states(found)).toEqual(["absent"]);
  });

  it.each([
    { shipTo: { name: "Somebody Else", street1: "1 Main St", country: "US" } },
    { items: [{ lineItemKey: "L1", sku: "1996-S", name: "Atlanta whiteboard", quantity: 7, unitPrice: 310.5 }] },
  ])("an order under our key that differs is foreign", async (difference) => {
    const { sandbox, clock, system } = account();
    const target = system().orderTarget();
    const steps = stepsFor(target, [order()]);
    const [payload] = steps.map((step) => Object.fromEntries(Object.entries(step.payload ?? {})));
    sandbox.addOrder({ ...payload, ...difference });
    const found = await target.find(
      steps.map((step) => ({ ...step, memo: {} })),
      clock.now(),
    );
    expect(states(found)).toEqual(["foreign"]);
  });

  it("an update counts as landed only when the order shows it", async () => {
    const { clock, system } = account();
    const target = system().orderTarget();
    const known = await settle(target, order());
    const moved = order({ email: "new@example.com" });
    const [read] = target.next(moved, known, {});
    const [there] = read ? await target.send([read]) : [];
    const held = there?.outcome === "done" ? (there.seen ?? null) : null;
    const steps = target.next(moved, known, { "read:order": held });
    const lookups = steps.map((step) => ({ ...step, memo: known.memo }));
    expect(states(await target.find(lookups, clock.now()))).toEqual(["absent"]);
    await target.send(steps);
    expect(states(await target.find(lookups, clock.now()))).toEqual(["present"]);
  });
});

describe("a connection that breaks", () => {
  it.each([
    ["resetAfter", "present"],
    ["resetBefore", "absent"],
    ["truncated", "present"],
    ["html", "absent"],
  ] as const)("with %s leaves the outcome open, and the look-up says %s", async (fault, state) => {
    const { clock, sandbox, system } = account();
    const target = system().orderTarget();
    const steps = stepsFor(target, numbered(3));
    sandbox.faults = (request) => (request.method === "POST" ? fault : undefined);
    await expect(target.send(steps)).rejects.toBeInstanceOf(UnknownOutcomeError);
    sandbox.faults = undefined;
    const found = await target.find(
      steps.map((step) => ({ ...step, memo: {} })),
      clock.now(),
    );
    expect(states(found)).toEqual([state, state, state]);
  });
});

describe("refusals", () => {
  it.each([
    [{ apiKey: "key", apiSecret: "wrong" }, {}, AuthError],
    [{ apiKey: "key", apiSecret: "secret" }, { switches: { planHasV1: false } }, AuthError],
  ])("wrong keys and a plan without API are refused credentials", async (secrets, sandbox, kind) => {
    const { system } = account({ secrets, sandbox });
    await expect(system().probe()).rejects.toBeInstanceOf(kind);
  });

  it("a wrong V2 key is refused when it is checked", async () => {
    const { system } = account({ secrets: { apiKey: "key", apiSecret: "secret", apiKeyV2: "wrong" } });
    await expect(system().probe()).rejects.toBeInstanceOf(AuthError);
  });

  it("the throttle bursts to 40 and then waits for the window, without a 429", async () => {
    const { clock, sandbox, system } = account();
    const ours = system();
    const start = clock.now().getTime();
    for (let call = 0; call < 40; call++) await ours.probe();
    expect(clock.now().getTime()).toBe(start);
    expect(ours.budgets().v1?.remaining).toBe(0);
    await ours.probe();
    expect(clock.now().getTime() - start).toBeLessThanOrEqual(60_000);
    expect(clock.now().getTime()).toBeGreaterThan(start);
    expect(sandbox.requests).toHaveLength(41);
  });

  it("a 429 waits exactly what the reset header says", async () => {
    const { clock, sandbox, system } = account();
    let refused = 0;
    sandbox.faults = () => (refused++ === 0 ? "throttled" : undefined);
    const start = clock.now();
    await system().probe();
    const waited = clock.now().getTime() - start.getTime();
    expect(sandbox.requests).toHaveLength(2);
    expect(waited).toBeGreaterThan(0);
    expect(waited).toBeLessThanOrEqual(60_000);
  });

  it.each([
    [500, { ExceptionMessage: "ship to name must not be empty", Message: "An error has occurred." }, false],
    [500, { ExceptionMessage: "Execution Timeout Expired. The timeout period elapsed", Message: "x" }, true],
    [500, { Message: "An error has occurred." }, true],
    [503, {}, true],
    [400, { Message: "The request is invalid." }, false],
  ])("a %i with %j is worth another try: %s", (status, body, again) => {
    expect(isTransient(status, JSON.stringify(body))).toBe(again);
  });

  it("the sentence that tells most is taken", () => {
    const ModelState = { "apiOrders[0].shipTo.country": ["The country must have two characters."] };
    expect(messageOf({ Message: "The request is invalid.", ModelState })).toEqual({
      message: "The country must have two characters.",
      field: "shipTo.country",
    });
    expect(messageOf({ Message: "An error has occurred.", ExceptionMessage: "No name." })).toEqual({
      message: "No name.",
    });
    expect(messageOf({ message: "Too Many Requests" })).toEqual({ message: "Too Many Requests" });
    expect(messageOf(undefined)).toEqual({});
  });

  it.each([
    [500, { Message: "An error has occurred.", ExceptionMessage: "ship to name must not be empty" }, RejectedError],
    [500, { Message: "An error has occurred.", ExceptionMessage: "Execution Timeout Expired." }, RejectedError],
    [500, { Message: "An error has occurred." }, RejectedError],
    [500, { Message: "Too Many Requests" }, UnavailableError],
    [503, { Message: "An error has occurred." }, UnavailableError],
    [402, { message: "Payment Required" }, AuthError],
  ])("a write answered %i with %j", async (status, body, kind) => {
    const { system } = account();
    const target = system().orderTarget();
    const steps = stepsFor(target, numbered(2));
    const refusing = account({ answer: () => Response.json(body, { status }) });
    await expect(refusing.system().orderTarget().send(steps)).rejects.toBeInstanceOf(kind);
  });

  it("a write whose connection breaks, or whose answer is cut or HTML, has an unknown outcome", async () => {
    const steps = stepsFor(account().system().orderTarget(), numbered(2));
    const answers = [
      () =>
        Promise.reject(
          new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }),
        ),
      () => new Response('{"hasErrors": false, "resul', { headers: { "content-type": "application/json" } }),
      () => new Response("<html>Maintenance</html>", { headers: { "content-type": "text/html" } }),
      () => Response.json({ ok: true }),
    ];
    for (const answer of answers) {
      const target = account({ answer }).system().orderTarget();
      await expect(target.send(steps)).rejects.toBeInstanceOf(UnknownOutcomeError);
    }
  });
});

describe("settings", () => {
  it("have defaults that work and read what is typed", () => {
    expect(shipStationSettings.parse({})).toEqual({
      apiUrl: "https://ssapi.shipstation.com",
      apiUrlV2: "https://api.shipstation.com",
    });
    expect(shipStationSettings.parse({ storeId: "771100", stores: "1, 2", apiUrl: "http://127.0.0.1:8080/" })).toEqual({
      apiUrl: "http://127.0.0.1:8080",
      apiUrlV2: "https://api.shipstation.com",
      storeId: 771100,
      stores: [1, 2],
    });
    expect(shipStationPairSettings.parse({ warehouses: { WH1: "12" } })).toMatchObject({
      warehouses: { WH1: 12 },
      orderStatus: "awaiting_shipment",
    });
  });

  it.each([
    { apiUrl: "http://ssapi.shipstation.com" },
    { apiUrl: "ss api" },
    { apiUrl: "https://key:secret@ssapi.shipstation.com" },
    { storeId: "first" },
    { shop: 1 },
  ])("refuse %j", (settings) => {
    expect(shipStationSettings.safeParse(settings).success).toBe(false);
  });
});

describe("probe", () => {
  it("names who we are and warns of stores that are not there", async () => {
    const { system } = account({ settings: { storeId: 999 } });
    const { identity, warnings } = await system().probe();
    expect(identity).toContain("ssapi.shipstation.com: ");
    expect(warnings).toEqual(["The account has no store 999."]);
  });

  it("checks find what the pair names and the account does not have", async () => {
    const deliveryModes = {
      Ground: { carrierCode: "ups", serviceCode: "ups_ground" },
      Owl: { carrierCode: "owl_post" },
      Slow: { carrierCode: "ups", serviceCode: "ups_slow" },
    };
    const { system } = account({ pair: { warehouses: { WH1: 1001, WH2: 7 }, deliveryModes } });
    const checks = await system().checks();
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ["warehouses.WH1", "ok"],
      ["warehouses.WH2", "failed"],
      ["deliveryModes.Ground", "ok"],
      ["deliveryModes.Owl", "failed"],
      ["deliveryModes.Slow", "failed"],
    ]);
  });

  it("choices are offered by kind", async () => {
    const choices = await account().system().choices();
    expect(choices.manualStores).toContainEqual({ value: "771100", name: "Manual Orders" });
    expect(choices.manualStores).not.toContainEqual(expect.objectContaining({ value: "771200" }));
    expect(choices.services).toContainEqual({ value: "ups/ups_ground", name: expect.stringContaining("UPS") });
  });
});

function withoutStatus(step: Step): Step {
  const payload: { [name: string]: Json } = { ...Object.fromEntries(Object.entries(step.payload ?? {})) };
  delete payload.orderStatus;
  return { ...step, payload };
}
