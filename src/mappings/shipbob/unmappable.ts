import { MappingError } from "../../core/errors.ts";
import type { Order } from "../../core/model.ts";

const inErp = "Correct it in the ERP; the order is taken up again when it changes.";

/** That an order cannot be said in ShipBob's words. Pure. */
export function unmappable({ id }: Pick<Order, "id">, field: string, reason: string, hint = inErp): MappingError {
  const message = `Order ${id} cannot go to ShipBob: ${field}: ${reason}.`;
  return new MappingError(message, { system: "shipbob", document: id, field, hint });
}
