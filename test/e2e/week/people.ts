import type { FnoSandbox, LineSpec, ShipTo } from "../../../src/sandbox/fno.ts";
import { seedCustomers, seedProducts } from "../../../src/sandbox/seed/master-data.ts";
import type { ShipStationSandbox } from "../../../src/sandbox/shipstation.ts";
import type { Diary } from "./diary.ts";
import { type Content, isOver, newest, type Sale } from "./sale.ts";
import { Warehouse } from "./warehouse.ts";

const minute = 60_000;
const hour = 60 * minute;

/** The two vendors' screens. */
export interface Screens {
  fno: FnoSandbox;
  shipstation: ShipStationSandbox;
}

const goods = seedProducts.filter(({ item, isService }) => !isService && item === item.trim());

/** The people who sell, pack and book for a week, by a seed. */
export class People {
  readonly sales = new Map<string, Sale>();
  readonly #fno: FnoSandbox;
  readonly #diary: Diary;
  readonly #warehouse: Warehouse;

  constructor({ fno, shipstation }: Screens, diary: Diary) {
    this.#fno = fno;
    this.#diary = diary;
    this.#warehouse = new Warehouse(shipstation, diary, (sale) => this.#postSlipLater(sale));
  }

  /** Plans a day of nine hours in which so many orders are taken. */
  planDay(start: number, orders: number): void {
    for (let index = 0; index < orders; index += 1)
      this.#diary.at(start + this.#diary.between(0, 9 * hour), () => this.#takeOrder());
  }

  /** Posts the slips of all that left, so that nothing waits for them; nobody begins anything new. */
  closeUp(): void {
    this.#diary.close();
    for (const sale of this.sales.values()) this.#postSlip(sale);
  }

  #takeOrder(): void {
    const legalEntity = this.#diary.chance(0.9) ? "usmf" : "demf";
    const { account, shipTo } = this.#diary.among(seedCustomers[legalEntity]);
    const number = `W-${String(this.sales.size + 1).padStart(5, "0")}`;
    const isSplit = this.#diary.chance(0.04);
    const lines = Array.from({ length: isSplit ? 2 : this.#diary.between(1, 4) }, (_, index): LineSpec => {
      const { item, name, price } = this.#diary.among(goods);
      const warehouse = isSplit && index === 1 ? "51" : "24";
      return { item, description: name, price, quantity: this.#diary.between(2, 8), warehouse };
    });
    const isBad = this.#diary.chance(0.025);
    const isActive = this.#diary.chance(0.1);
    const key = `${legalEntity}-${number}`;
    const sale: Sale = {
      legalEntity,
      number,
      keys: isSplit ? [key, `${key}-2`] : [key],
      versions: [],
      left: new Set(),
      remembered: new Map(),
      labelledAt: new Map(),
    };
    const place: ShipTo = isBad ? { ...shipTo, street: "" } : shipTo;
    const quantities = Object.fromEntries(lines.map(({ quantity }, index) => [index + 1, quantity]));
    const processingStatus = isActive ? "Active" : "Confirmed";
    this.#fno.addOrder({ legalEntity, number, customer: account, shipTo: place, lines, processingStatus });
    this.sales.set(number, sale);
    this.#keep(sale, { street: place.street ?? "", city: place.city ?? "", quantities });
    if (isBad && this.#diary.chance(0.1)) sale.isHopeless = true;
    if (isActive) this.#handleUnconfirmed(sale, isBad);
    else if (isBad) this.#mendLater(sale);
    else this.#release(sale);
  }

  #keep(sale: Sale, content: Content): void {
    sale.versions.push({ at: this.#diary.now(), content });
  }

  #handleUnconfirmed(sale: Sale, isBad: boolean): void {
    const { legalEntity, number } = sale;
    if (this.#diary.chance(0.1)) {
      sale.isHopeless = true;
      if (this.#diary.chance(0.5)) this.#diary.later(10 * minute, 5 * hour, () => this.#remove(sale));
      return;
    }
    this.#diary.later(10 * minute, 4 * hour, () => {
      this.#fno.confirm(legalEntity, number);
      if (isBad) this.#mendLater(sale);
      else this.#release(sale);
    });
  }

  #mendLater(sale: Sale): void {
    if (sale.isHopeless) return;
    this.#diary.later(20 * minute, 5 * hour, () => {
      this.#editAddress(sale);
      this.#release(sale);
    });
  }

  #editAddress(sale: Sale): void {
    const street = `${this.#diary.between(1, 901)} Corrected Street`;
    this.#fno.edit(sale.legalEntity, sale.number, { DeliveryAddressStreet: street });
    this.#keep(sale, { ...newest(sale), street });
  }

  #editQuantity(sale: Sale): void {
    const { quantities, ...place } = newest(sale);
    const line = this.#diary.between(1, 1 + Object.keys(quantities).length);
    const quantity = this.#diary.between(2, 10);
    this.#fno.editLine(sale.legalEntity, sale.number, line, { OrderedSalesQuantity: quantity });
    this.#keep(sale, { ...place, quantities: { ...quantities, [line]: quantity } });
  }

  /** From here on the order can be sent: somebody may still change their mind, and somebody packs it. */
  #release(sale: Sale): void {
    sale.sendableAt = this.#diary.now();
    for (let edits = this.#diary.chance(0.1) ? 1 + Number(this.#diary.chance(0.3)) : 0; edits > 0; edits -= 1)
      this.#diary.later(5 * minute, 6 * hour, () => {
        if (isOver(sale)) return;
        if (this.#diary.chance(0.5)) this.#editAddress(sale);
        else this.#editQuantity(sale);
      });
    if (this.#diary.chance(0.03)) this.#diary.later(5 * minute, 6 * hour, () => this.#cancel(sale));
    else if (this.#diary.chance(0.004)) this.#diary.later(5 * minute, 3 * hour, () => this.#remove(sale));
    this.#warehouse.expect(sale);
  }

  #cancel(sale: Sale): void {
    if (isOver(sale)) return;
    sale.cancelledAt = this.#diary.now();
    this.#fno.cancel(sale.legalEntity, sale.number);
  }

  /** What is deleted cancels nothing at the shipper, so a person does. */
  #remove(sale: Sale): void {
    if (isOver(sale) || sale.left.size > 0 || sale.labelledAt.size > 0) return;
    sale.removedAt = this.#diary.now();
    this.#fno.remove(sale.legalEntity, sale.number);
    this.#warehouse.drop(sale);
  }

  #postSlipLater(sale: Sale): void {
    if (this.#diary.chance(0.85)) this.#diary.later(20 * minute, 5 * hour, () => this.#postSlip(sale));
  }

  #postSlip(sale: Sale): void {
    if (isOver(sale) || sale.left.size < sale.keys.length) return;
    sale.slip = `PS-${sale.number}`;
    this.#fno.postPackingSlip(sale.legalEntity, sale.number, sale.slip);
    this.#diary.later(2 * hour, 26 * hour, () => this.#fno.invoice(sale.legalEntity, sale.number));
  }
}
