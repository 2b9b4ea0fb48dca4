/** Channels, shipping methods, centres (ShipBob, 2, 5.8 and 7). */

import type { Account } from "./account.ts";
import { cursorPage } from "./pages.ts";
import { allScopes, type ChannelRow } from "./reference.ts";
import type { Call, Route } from "./routes.ts";

/** What `connect` reads. */
export function referenceRoutes(account: Account): Route[] {
  const get = { method: "GET" } as const;
  return [
    { ...get, path: "/channel", scope: "channels_read", handle: (call) => channels(account, call) },
    { ...get, path: "/shipping-method", scope: "orders_read", handle: (call) => methods(account, call) },
    { ...get, path: "/location", scope: "locations_read", handle: (call) => locations(account, call) },
    { ...get, path: "/fulfillment-center", scope: "receiving_read", handle: () => centers(account) },
  ];
}

/** Every channel of the account; only the caller's own has scopes to write. */
function channels(account: Account, call: Call): Response {
  const size = call.query.integer("RecordsPerPage", { least: 1, most: 250, absent: 50 });
  const { items, next, prev } = cursorPage(account.channels, { call, path: "/channel", size, form: "cursor" });
  return Response.json({ items: items.map((channel) => showChannel(channel, call)), next, prev });
}

function showChannel({ id, name, application }: ChannelRow, { caller }: Call) {
  const isOwn = application === caller.application;
  const scopes = isOwn ? caller.scopes : allScopes.filter((scope) => scope.endsWith("_read"));
  return { id, name, application_name: application, scopes: scopes.filter((scope) => allScopes.includes(scope)) };
}

function methods(account: Account, { query }: Call): Response {
  const page = query.integer("Page", { least: 0, most: 2 ** 31 - 1, absent: 1 });
  const limit = query.integer("Limit", { least: 1, most: 250, absent: 50 });
  const from = Math.max(0, page - 1) * limit;
  return Response.json(account.methods.slice(from, from + limit));
}

function locations(account: Account, { query }: Call): Response {
  const withInactive = query.flag("IncludeInactive") ?? false;
  const rows = account.setup.locations.filter(({ isActive }) => withInactive || isActive !== false);
  return Response.json(
    rows.map(({ id, name, abbreviation, timezone, isActive = true, ...address }) => ({
      id,
      name,
      abbreviation,
      timezone,
      is_active: isActive,
      is_receiving_enabled: isActive,
      is_shipping_enabled: isActive,
      access_granted: true,
      attributes: [],
      region: { id: 1, name: "United States" },
      services: [
        {
          service_type: "Receiving",
          enabled: isActive,
          address: { ...address, address2: null, name, email: null, phone_number: null },
        },
      ],
    })),
  );
}

function centers(account: Account): Response {
  return Response.json(
    account.setup.locations.map(({ id, name, address1, city, state, zip_code, country, timezone }) => ({
      id,
      name,
      address1,
      address2: null,
      city,
      state,
      zip_code,
      country,
      email: null,
      phone_number: null,
      timezone,
    })),
  );
}
