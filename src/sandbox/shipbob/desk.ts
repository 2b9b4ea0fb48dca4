/** What people and carriers do at ShipBob, which its API has no calls for. */

import type { Account } from "./account.ts";
import { createProduct } from "./catalogue.ts";
import { charge, type Fee, type InvoiceRow, invoiceAll, type TransactionRow } from "./charges.ts";
import { createOrder } from "./create-order.ts";
import { detail, type ExceptionName, type HoldName, touch } from "./details.ts";
import { readOrder } from "./order-input.ts";
import type { LabelOptions, ScanOptions, ShipmentRef, SplitPart } from "./person.ts";
import * as person from "./person.ts";
import type { VariantInput } from "./product-input.ts";
import { type ChannelRow, personalApplication } from "./reference.ts";
import type { OrderRow, ProductRow, ShipmentRow, StatusDetailRow } from "./rows.ts";

/** A product that a person enters, with what each centre has of it. */
export interface DeskProduct extends Omit<Partial<VariantInput>, "sku"> {
  sku: string;
  /** Pieces by location id. */
  stock?: Readonly<Record<number, number>>;
  /** The application that sees it; the personal token's channel when left out. */
  application?: string;
}

/** The acts of people and carriers; a shipment goes by its id, or by the reference or number of its order. */
export class Desk {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Picks a shipment, after which it cannot be cancelled. */
  pick(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.pick(this.#account, shipment));
  }

  pack(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.pack(this.#account, shipment));
  }

  /** Prints the label, which gives the tracking number. */
  label(ref: ShipmentRef, options: LabelOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.label(this.#account, shipment, options));
  }

  /** Voids the label and prints another: the number changes on the same shipment. */
  relabel(ref: ShipmentRef, options: LabelOptions = {}): ShipmentRow {
    return this.label(ref, options);
  }

  /** Voids the label: there is no number until the next one. */
  voidLabel(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.voidLabel(this.#account, shipment));
  }

  /** Hands it to the carrier. */
  complete(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.complete(this.#account, shipment));
  }

  /** All of it at once: picked, packed, labelled, handed over. */
  ship(ref: ShipmentRef, options: LabelOptions = {}): ShipmentRow {
    const { id } = this.pick(ref);
    this.pack(id);
    this.label(id, options);
    return this.complete(id);
  }

  transit(ref: ShipmentRef, options: ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.transit(this.#account, shipment, options));
  }

  deliver(ref: ShipmentRef, options: ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.deliver(this.#account, shipment, options));
  }

  /** The carrier could not deliver it. */
  failDelivery(ref: ShipmentRef, options: ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.failDelivery(this.#account, shipment, options));
  }

  /** A stock problem inside the warehouse. */
  exception(ref: ShipmentRef, reason: ExceptionName = "OutOfStock"): ShipmentRow {
    return this.#act(ref, (shipment) => person.raise(this.#account, shipment, reason));
  }

  hold(ref: ShipmentRef, reason: HoldName = "InvalidAddress", messages: readonly string[] = []): ShipmentRow {
    return this.#act(ref, (shipment) => person.hold(this.#account, shipment, reason, messages));
  }

  /** Ends an exception, a hold or a review. */
  resolve(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.resolve(this.#account, shipment));
  }

  /** Moves some goods to a new shipment, which it returns. */
  split(ref: ShipmentRef, parts: readonly SplitPart[], locationId?: number): ShipmentRow {
    return person.split(this.#account, person.shipmentOf(this.#account, ref), { parts, locationId });
  }

  /** Cancels a shipment in the dashboard. */
  cancel(ref: ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.cancel(this.#account, shipment));
  }

  #act(ref: ShipmentRef, act: (shipment: ShipmentRow) => void): ShipmentRow {
    const shipment = person.shipmentOf(this.#account, ref);
    act(shipment);
    return shipment;
  }

  /** Sets a status and its details as they are given, those that are listed nowhere among them. */
  setStatus(ref: ShipmentRef, status: string, details: readonly Partial<StatusDetailRow>[] = []): ShipmentRow {
    return this.#act(ref, (shipment) => {
      shipment.status = status;
      shipment.details = details.map((given) => ({ ...detail("Processing"), ...given }));
      touch(this.#account, shipment);
    });
  }

  /** What a shipment cost in the end, which its `last_update_at` does not tell. */
  invoice(ref: ShipmentRef, amount: number): ShipmentRow {
    return this.#act(ref, (shipment) => {
      shipment.invoiceAmount = amount;
    });
  }

  /** A charge or a credit of a shipment, beside those that its label brings. */
  charge(ref: ShipmentRef, fee: Fee): TransactionRow {
    return charge(this.#account, person.shipmentOf(this.#account, ref), fee);
  }

  /** Bills everything that is on no invoice yet. */
  closeInvoice(type = "Shipping"): InvoiceRow {
    return invoiceAll(this.#account, type);
  }

  /** Ends a month: each shipment shows what it cost, and all of that is billed. */
  settle(): InvoiceRow {
    const { shipments, transactions } = this.#account;
    for (const { id } of shipments) {
      const cents = transactions
        .filter(({ referenceId }) => referenceId === String(id))
        .reduce((sum, { amount }) => sum + Math.round(amount * 100), 0);
      if (cents > 0) this.invoice(id, cents / 100);
    }
    return this.closeInvoice();
  }

  /** A product of one variant, with its stock. */
  addProduct({ stock = {}, application = personalApplication, ...variant }: DeskProduct): ProductRow {
    const product = createProduct(this.#account, application, {
      name: variant.name ?? variant.sku,
      variants: [variant],
    });
    for (const [locationId, quantity] of Object.entries(stock)) this.receive(variant.sku, Number(locationId), quantity);
    return product;
  }

  /** The warehouse measures an item: its dimensions are locked from then on. */
  measure(sku: string, dimension: { length: number; width: number; height: number }): void {
    const variant = this.#variantOf(sku);
    variant.fields = { ...variant.fields, dimension };
    variant.isDimensionLocked = true;
  }

  /** Goods arrive, or are counted away with a negative quantity. */
  receive(sku: string, locationId: number, quantity: number): void {
    const { inventoryId } = this.#variantOf(sku);
    if (inventoryId === null) throw new Error(`${sku} holds no stock.`);
    this.#account.stockAt(inventoryId, locationId).onHand += quantity;
  }

  /** Goods that are on their way to a centre. */
  expectGoods(sku: string, locationId: number, quantity: number): void {
    const { inventoryId } = this.#variantOf(sku);
    if (inventoryId === null) throw new Error(`${sku} holds no stock.`);
    this.#account.stockAt(inventoryId, locationId).awaiting += quantity;
  }

  /** A channel that another connection made. */
  addChannel(channel: ChannelRow): void {
    this.#account.channels.push(channel);
  }

  /** An order that another application made, in the wire's form. */
  addOrder(order: unknown, channelId: number): OrderRow {
    const { application = "" } = this.#account.channels.find(({ id }) => id === channelId) ?? {};
    return createOrder(this.#account, { channelId, application }, readOrder(order));
  }

  #variantOf(sku: string) {
    const variant = this.#account.variantOfSku(sku);
    if (!variant) throw new Error(`The simulated ShipBob has no SKU ${sku}.`);
    return variant;
  }
}
