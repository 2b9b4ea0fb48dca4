import type { ShipBobAccount } from "../../connectors/shipbob/account/calls.ts";
import type { ShippingMethod } from "../../connectors/shipbob/account/schema.ts";
import type { Clock } from "../../core/clock.ts";
import { AuthError } from "../../core/errors.ts";
import type { Choice } from "../../core/system.ts";
import type { ShippingMethods } from "../../mappings/shipbob/shipping-method.ts";
import { isWritable } from "./probe.ts";

/** What the account has to choose from, by kind: channels in which mlc may write come first. */
export async function shipBobChoices(account: ShipBobAccount): Promise<Record<string, Choice[]>> {
  const channels = await account.channels();
  const methods = (await orNone(account.shippingMethods())).filter(({ active }) => active !== false);
  const locations = (await orNone(account.locations())).filter(({ is_active }) => is_active !== false);
  const inOrder = [...channels.filter(isWritable), ...channels.filter((channel) => !isWritable(channel))];
  return {
    channels: inOrder.map((channel) => ({
      value: String(channel.id),
      name: `${channel.name || channel.id}${isWritable(channel) ? "" : " (may only be read)"}`,
    })),
    shippingMethods: methods.map((method) => ({ value: method.name, name: methodName(method) })),
    fulfillmentCenters: locations.map(({ id, name }) => ({ value: String(id), name: name || String(id) })),
  };
}

/** A token that may not read these can still have its channel chosen; `ping` and `doctor` tell what it may not. */
async function orNone<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof AuthError) return [];
    throw error;
  }
}

function methodName({ name, service_level: level, default: isDefault }: ShippingMethod): string {
  const said = [level?.name && level.name !== name ? level.name : "", isDefault ? "the default" : ""];
  const more = said.filter((text) => text !== "").join(", ");
  return more === "" ? name : `${name} (${more})`;
}

/** A name that is refused today may be there after somebody added it. */
const keptMs = 5 * 60_000;

/** The account's shipping methods for the orders of a run, which are many. */
export class KeptMethods {
  readonly #account: ShipBobAccount;
  readonly #clock: Clock;
  #kept: { until: number; methods: Promise<ShippingMethods> } | undefined;

  constructor(account: ShipBobAccount, clock: Clock) {
    this.#account = account;
    this.#clock = clock;
  }

  read(): Promise<ShippingMethods> {
    const now = this.#clock.now().getTime();
    if (this.#kept && now < this.#kept.until) return this.#kept.methods;
    const methods = this.#account.shippingMethods().then(methodsIn);
    this.#kept = { until: now + keptMs, methods };
    methods.catch(() => {
      this.#kept = undefined;
    });
    return methods;
  }
}

function methodsIn(rows: readonly ShippingMethod[]): ShippingMethods {
  const active = rows.filter((row) => row.active !== false);
  const usual = active.find((row) => row.default === true)?.name;
  return { active: active.map(({ name }) => name), ...(usual === undefined ? {} : { default: usual }) };
}
