import { describe, expect, it } from "vitest";
import { ShipBobOrders } from "../../src/connectors/shipbob/orders/calls.ts";
import { RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import { orderBody } from "../../src/mappings/shipbob/order.ts";
import { broken, json, status, type Turn } from "../core/http/kit.ts";
import { lineOf, orderOf } from "../mappings/fedex-order.ts";
import { methods, optionsOf } from "../mappings/shipbob-order.ts";
import { callsTo, failure } from "./shipbob-kit.ts";

const body = orderBody(...orderOf([lineOf()]), { reference: "usmf-SO-100482", methods }, optionsOf());
const row = (id: number, reference = `usmf-SO-${id}`) => ({ id, reference_id: reference, status: "Processing" });

function ordersTo(...turns: Turn[]) {
  const { calls, wire, requests } = callsTo(turns);
  return { orders: new ShipBobOrders(calls), wire, requests };
}

describe("orders at ShipBob", () => {
  it("are made in the channel, with the body as it is", async () => {
    const { orders, wire, requests } = ordersTo(json(row(501, "usmf-SO-100482"), { status: 201 }));
    expect((await orders.create(body)).body).toMatchObject({ id: 501, status: "Processing" });
    expect(wire()).toEqual(["/2026-01/order"]);
    expect(requests[0]?.headers.get("shipbob_channel_id")).toBe("128944");
    expect(await requests[0]?.json()).toEqual(body);
  });

  it.each([
    ["the connection breaks", broken("ECONNRESET")],
    ["the server fails", status(500)],
    ["the answer is unreadable", json({ made: true })],
  ])("are never made twice by themselves when %s", async (_, turn) => {
    const { orders, requests } = ordersTo(turn);
    expect(await failure(orders.create(body))).toBeInstanceOf(UnknownOutcomeError);
    expect(requests).toHaveLength(1);
  });

  it("are refused in ShipBob's words without those of people", async () => {
    const { orders } = ordersTo(json({ "recipient.name": ["Ana Lopez is no name"] }, { status: 422 }));
    const error = await failure(orders.create(body));
    expect(error).toBeInstanceOf(RejectedError);
    expect(String(error)).toContain("usmf-SO-100482");
    expect(String(error)).not.toContain("Ana Lopez");
  });

  it("are looked up by many references at once, with commas as they are, and only exactly", async () => {
    const { orders, wire } = ordersTo(json([row(1, "a/1"), row(2, "A/1"), row(3, "b c")]));
    const found = await orders.byReferences(["a/1", "b c", "a/1"]);
    expect([...found].map(([reference, { id }]) => [reference, id])).toEqual([
      ["a/1", 1],
      ["b c", 3],
    ]);
    expect(wire()).toEqual(["/2026-01/order?ReferenceIds=a%2F1,b%20c&Page=1&Limit=250"]);
  });

  it("are looked up in several calls where one would be too long, and in the whole account where that is asked", async () => {
    const { orders, wire, requests } = ordersTo(json([]));
    await orders.byReferences(Array.from({ length: 101 }, (_, index) => `k${index}`));
    expect(wire().map((path) => path.split(",").length)).toEqual([100, 1]);
    await orders.byReferences(["x".repeat(900), "y".repeat(900)], "account");
    expect(wire()).toHaveLength(4);
    expect(requests.map(({ headers }) => headers.has("shipbob_channel_id"))).toEqual([true, true, false, false]);
    expect((await orders.byReferences([])).size).toBe(0);
    expect(wire()).toHaveLength(4);
  });

  it("are read by id, and one that is not there is none", async () => {
    const { orders, wire } = ordersTo(json(row(501)), status(404));
    expect((await orders.get(501))?.body.id).toBe(501);
    expect(await orders.get(502)).toBeUndefined();
    expect(wire()).toEqual(["/2026-01/order/501", "/2026-01/order/502"]);
  });

  it("are cancelled with the colon as it is, and the answer says what came of it", async () => {
    const results = [{ shipment_id: 9001, action: "Cancel", is_success: false, reason: "picked" }];
    const { orders, wire } = ordersTo(json({ order_id: 501, status: "Failure", canceled_shipment_results: results }));
    const { body: answer } = await orders.cancel(501, "usmf-SO-1");
    expect(answer.status).toBe("Failure");
    expect(answer.canceled_shipment_results?.[0]).toMatchObject({ shipment_id: 9001, is_success: false });
    expect(wire()).toEqual(["/2026-01/order/501:cancel"]);
  });

  it.each([[[1, 2]], [[2, 1]]])(
    "are those that live where a cancelled one has the reference too, listed as %j",
    async (ids) => {
      const rows = ids.map((id) => ({ ...row(id), reference_id: "usmf-SO-1", status: id === 1 ? "Cancelled" : "" }));
      const found = await ordersTo(json(rows)).orders.byReferences(["usmf-SO-1"]);
      expect(found.get("usmf-SO-1")?.id).toBe(2);
    },
  );
});
