import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { BusinessCentralSandbox } from "../../sandbox/bc.ts";
import { EntraSandbox } from "../../sandbox/entra.ts";
import { FedExSandbox } from "../../sandbox/fedex.ts";
import { FnoSandbox } from "../../sandbox/fno.ts";
import { type SandboxClock, type SimulatedVendor, seededRandom } from "../../sandbox/kit.ts";
import type { NavGateway, NavSandbox } from "../../sandbox/nav.ts";
import { seedCompany } from "../../sandbox/seed/company.ts";
import { seedWebShop } from "../../sandbox/seed/web-shop.ts";
import { seedOrders } from "../../sandbox/seed.ts";
import type { ShipBobSandbox } from "../../sandbox/shipbob.ts";
import { ShipStationSandbox } from "../../sandbox/shipstation.ts";
import { makeNav, navSettings } from "./sandbox-nav.ts";
import { loopbackFetch, postOnAndOn } from "./sandbox-posts.ts";
import { makeShipBob, shipBobSettings } from "./sandbox-shipbob.ts";

/** How the simulated vendors are set up. */
export interface SandboxesOptions {
  clock: SandboxClock;
  /** The first of eight ports in a row; 0: any that are free. */
  port?: number;
  /** Calls a minute that the simulated ShipStation V1 allows; as the real one when left out. */
  limitV1?: number;
  /** Whether F&O and NAV begin with orders and Business Central with items and customers in it; default true. */
  seeded?: boolean;
  /** Whether a web shop of ShipStation's begins with orders; default false. */
  webShop?: boolean;
  /** A certificate that is uploaded to the app registration beside its secret, PEM. */
  certificate?: string;
  /** Whether what webhooks wait for is posted soon after it came; default: when it is asked for. */
  posts?: boolean;
}

/** What the simulated vendors accept. Nobody else does. */
export const sandboxCredentials = {
  tenantId: "5a11d000-0000-4000-8000-00000000cafe",
  clientId: "5a11d000-0000-4000-8000-0000000000c1",
  clientSecret: "sandbox-client-secret",
  apiKey: "sandbox-api-key",
  apiSecret: "sandbox-api-secret",
  apiKeyV2: "sandbox-api-key-v2",
} as const;

/** What the simulated FedEx accepts: its account, and the key pairs of its two portal projects. */
export const sandboxFedEx = {
  accountNumber: "700000000",
  secrets: {
    apiKey: "sandbox-ship-key",
    apiSecret: "sandbox-ship-secret",
    trackApiKey: "sandbox-track-key",
    trackApiSecret: "sandbox-track-secret",
  },
} as const;

/** The companies of the simulated Business Central. */
const bcCompanies = [{ name: "CRONUS USA, Inc." }, { name: "CRONUS International Ltd.", currency: "GBP" }] as const;

/** Where the warehouses of the simulated F&O ship from, as FedEx is told. */
const shipFrom = {
  "24": {
    company: "Contoso Distribution",
    name: "Shipping Desk",
    phone: "6155550100",
    street1: "12 Depot Rd",
    city: "Nashville",
    state: "TN",
    postalCode: "37210",
    country: "US",
  },
  "51": {
    company: "Contoso East Coast",
    name: "Shipping Desk",
    phone: "9085550100",
    street1: "200 Harbor Blvd",
    city: "Elizabeth",
    state: "NJ",
    postalCode: "07201",
    country: "US",
  },
} as const;

/** The simulated vendors, served on loopback. */
export interface Sandboxes {
  entra: EntraSandbox;
  fno: FnoSandbox;
  shipstation: ShipStationSandbox;
  fedex: FedExSandbox;
  bc: BusinessCentralSandbox;
  nav: NavSandbox;
  /** Takes OAuth client credentials and forwards to NAV. */
  navGateway: NavGateway;
  /** Without goods and orders. */
  shipbob: ShipBobSandbox;
  /** Where each is found. */
  urls: Record<"entra" | "fno" | "shipstation" | "fedex" | "bc" | "nav" | "navGateway" | "shipbob", string>;
  /** Settings of `connect` that lead to them, as they stand in the config. */
  settings: Record<
    "fno" | "shipstation" | "fedex" | "bc" | "nav" | "navGateway" | "shipbob" | "shipBobByOAuth",
    Record<string, unknown>
  >;
  close(): Promise<void>;
}

/** Serves simulated Entra, F&O, ShipStation, FedEx, Business Central, Dynamics NAV and ShipBob on loopback ports. */
export async function serveSandboxes(options: SandboxesOptions): Promise<Sandboxes> {
  const { clock, port = 0, limitV1, seeded = true, webShop = false, certificate, posts = false } = options;
  const { tenantId, clientId, clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const uploaded = certificate === undefined ? {} : { certificate };
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret, ...uploaded });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token) });
  const limit = limitV1 === undefined ? {} : { limitV1 };
  const shipstation = new ShipStationSandbox({ clock, apiKey, apiSecret, apiKeyV2, ...limit });
  const { accountNumber, secrets } = sandboxFedEx;
  const fedex = new FedExSandbox({ clock, accountNumber, ...secrets });
  const bc = new BusinessCentralSandbox({
    clock,
    tenantId,
    accepts: (token) => entra.accepts(token),
    companies: bcCompanies,
    fetch: loopbackFetch,
  });
  if (seeded) {
    seedOrders(fno, seededRandom(1));
    seedCompany(bc.desk());
  }
  if (webShop) seedWebShop(shipstation);
  const { nav, navGateway } = makeNav(clock, seeded);
  const shipbob = makeShipBob(clock);
  const vendors = { entra, fno, shipstation, fedex, bc, nav, navGateway, shipbob };
  const served: Served[] = [];
  const urlOf = async (vendor: SimulatedVendor) => {
    const one = await serveOne(vendor, port === 0 ? 0 : port + served.length);
    served.push(one);
    return one.url;
  };
  const urls = {
    entra: await urlOf(entra),
    fno: await urlOf(fno),
    shipstation: await urlOf(shipstation),
    fedex: await urlOf(fedex),
    bc: await urlOf(bc),
    nav: await urlOf(nav),
    navGateway: await urlOf(navGateway),
    shipbob: await urlOf(shipbob),
  };
  const stopPosts = posts ? postOnAndOn(vendors) : () => {};
  return {
    ...vendors,
    urls,
    settings: {
      fno: { host: urls.fno, authority: urls.entra, tenantId, clientId, legalEntities: [...fno.legalEntities] },
      shipstation: { apiUrl: urls.shipstation, apiUrlV2: urls.shipstation },
      fedex: { apiUrl: urls.fedex, accountNumber, shipFrom },
      bc: {
        apiUrl: urls.bc,
        authority: urls.entra,
        tenantId,
        environment: "production",
        company: bc.desk().company.id,
        clientId,
      },
      ...navSettings(urls.nav, urls.navGateway, nav.path),
      ...shipBobSettings(urls.shipbob),
    },
    close: async () => {
      stopPosts();
      await Promise.all(served.map(({ close }) => close()));
    },
  };
}

interface Served {
  url: string;
  close(): Promise<void>;
}

async function serveOne(vendor: SimulatedVendor, port: number): Promise<Served> {
  const server = serve({ fetch: (request, env) => vendor.fetch(request, env), hostname: "127.0.0.1", port });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
