/** What the people of a company do in NAV, and what they see there. */

import { type Company, today } from "./company.ts";
import { changeLine, insertLine, removeLine } from "./line-rules.ts";
import { changeOrder, insertOrder, removeOrder } from "./order-rules.ts";
import { pages } from "./other-pages.ts";
import { type PostingScope, post, stockOf } from "./posting.ts";
import type { Row } from "./tables.ts";
import type { CardPage, PageName, Values } from "./types.ts";
import { type OrderView, orderView, type ShipmentView, shipmentView } from "./views.ts";
import { changeShipment, commentDefaults } from "./writes.ts";

/** How a person posts: by line number what leaves, else all that is to ship. */
export interface Shipping {
  quantities?: Readonly<Record<number, number>>;
  tracking?: string;
  postingDate?: string;
}

/** The people of one company. */
export class Desk {
  readonly company: Company;

  constructor(company: Company) {
    this.company = company;
  }

  /** A customer in the columns of page 21. */
  addCustomer(values: Values & { No: string }): void {
    this.add("customerCard", values);
  }

  editCustomer(number: string, patch: Values): void {
    this.edit(this.row("customers", number), patch);
  }

  /** An item in the columns of page 30. */
  addItem(values: Values & { No: string }): void {
    this.add("itemCard", { Type: "Inventory", Base_Unit_of_Measure: "PCS", ...values });
  }

  /** Sets what lies of an item at a location. */
  countStock(item: string, quantity: number, location = ""): void {
    const { tables } = this.company;
    const held = tables.find("stock", item, location);
    if (held) tables.change(held, { Quantity: quantity });
    else tables.insert("stock", ["Item_No", "Location_Code"], stockOf([item, location], quantity));
  }

  /** A shipping agent, with services by code. */
  addAgent(code: string, services: readonly string[] = []): void {
    const { tables } = this.company;
    if (!tables.find("agents", code)) this.add("shippingAgents", { Code: code, Name: code });
    for (const service of services)
      this.add("shippingAgentServices", { Shipping_Agent_Code: code, Code: service, Description: service });
  }

  removeAgent(code: string): void {
    this.company.tables.remove(this.row("agents", code));
  }

  /** Any other record of a page. */
  add(page: PageName, values: Values): void {
    const { table, key, properties }: CardPage = pages[page];
    const touched: Values = "Last_Date_Modified" in properties ? { Last_Date_Modified: today(this.company) } : {};
    this.company.tables.insert(table, key, { ...touched, ...values });
  }

  /** Enters an order and returns its number; lines are items unless they say otherwise. */
  addOrder(header: Values & { Sell_to_Customer_No: string }, lines: readonly Values[]): string {
    return this.do(() => {
      const { values } = insertOrder(this.company, header);
      for (const line of lines) insertLine(this.company, { Type: "Item", ...line, Document_No: values.No ?? "" });
      return String(values.No);
    });
  }

  editOrder(number: string, patch: Values): void {
    this.do(() => changeOrder(this.company, this.order(number), patch));
  }

  addLine(number: string, line: Values): void {
    this.do(() => insertLine(this.company, { Type: "Item", ...line, Document_No: number }));
  }

  editLine(number: string, line: number, patch: Values): void {
    this.do(() => changeLine(this.company, this.row("salesLines", "Order", number, line), patch));
  }

  deleteLine(number: string, line: number): void {
    this.do(() => removeLine(this.company, this.row("salesLines", "Order", number, line)));
  }

  deleteOrder(number: string): void {
    this.do(() => removeOrder(this.company, this.order(number)));
  }

  release(number: string): void {
    this.edit(this.order(number), { Status: "Released" });
  }

  reopen(number: string): void {
    this.edit(this.order(number), { Status: "Open" });
  }

  sendForApproval(number: string): void {
    this.edit(this.order(number), { Status: "Pending Approval" });
  }

  /** Writes a comment line to an order. */
  comment(number: string, text: string): void {
    const place = commentDefaults(this.company, { Document_Type: "Order", No: number });
    this.add("salesComments", { ...place, Comment: text });
  }

  /** Ships an order and returns the number of the posted shipment. */
  postShipment(number: string, shipping: Shipping = {}): string {
    return this.post(number, { ship: true, invoice: false }, shipping).shipment;
  }

  /** Invoices what was shipped and returns the number of the posted invoice. */
  postInvoice(number: string): string {
    return this.post(number, { ship: false, invoice: true }, {}).invoice;
  }

  /** Ships and invoices; an order that is through vanishes from page 42. */
  postShipAndInvoice(number: string, shipping: Shipping = {}): { shipment: string; invoice: string } {
    return this.post(number, { ship: true, invoice: true }, shipping);
  }

  /** Writes the shipping fields of a posted shipment. */
  editShipment(number: string, patch: Values): void {
    this.do(() => changeShipment(this.company, this.row("shipments", number), patch));
  }

  /** Allows postings within these days only, both included. */
  setPostingPeriod(from: string, to: string): void {
    this.company.allowedPosting = { from, to };
  }

  /** Holds an order, so that the next writes over the services find it locked. */
  lock(number: string, times = Number.POSITIVE_INFINITY): void {
    this.company.locks.set(number, times);
  }

  unlock(number: string): void {
    this.company.locks.delete(number);
  }

  /** An order, also one that was posted or deleted. */
  orderOf(number: string): OrderView {
    return orderView(this.company, number);
  }

  /** The orders of page 42, oldest first. */
  get orders(): OrderView[] {
    return this.company.tables.rows("salesHeaders").map(({ values }) => this.orderOf(String(values.No)));
  }

  /** The posted shipments, oldest first. */
  get shipments(): ShipmentView[] {
    return this.company.tables.rows("shipments").map((row) => shipmentView(this.company, row));
  }

  /** The records behind a page, oldest first. */
  rows(page: PageName): Values[] {
    return this.company.tables.rows(pages[page].table).map(({ values }) => ({ ...values }));
  }

  private post(number: string, scope: PostingScope, { quantities, tracking, postingDate }: Shipping) {
    return this.do(() => {
      const order = this.order(number);
      for (const line of quantities ? this.company.tables.linesOf("salesLines", number) : [])
        changeLine(this.company, line, { Qty_to_Ship: quantities?.[Number(line.values.Line_No)] ?? 0 });
      changeOrder(this.company, order, {
        ...(tracking === undefined ? {} : { Package_Tracking_No: tracking }),
        ...(postingDate === undefined ? {} : { Posting_Date: postingDate }),
      });
      return post(this.company, order, scope);
    });
  }

  private do<T>(work: () => T): T {
    return this.company.tables.request(work);
  }

  private edit(row: Row, patch: Values): void {
    this.company.tables.change(row, patch);
  }

  private order(number: string): Row {
    return this.row("salesHeaders", "Order", number);
  }

  private row(table: string, ...key: readonly (string | number)[]): Row {
    const row = this.company.tables.find(table, ...key);
    if (!row) throw new Error(`The simulated company has no ${table} ${key.join("/")}.`);
    return row;
  }
}
