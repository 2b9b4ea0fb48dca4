import type { CredentialKind, MappingTable, Question, SecretKind } from "../kinds.ts";

/** What a person is asked for of a ShipBob account. */
export const shipBobQuestions: Question[] = [
  {
    path: "clientId",
    label: "Client id of your own application at ShipBob (empty: mlc uses a personal access token)",
    isOptional: true,
    isFirst: true,
  },
  { path: "channelId", label: "Channel", pick: { from: "channels", howMany: "one" }, isChecked: true },
];

/** The secrets of a ShipBob account. */
export const shipBobSecrets: SecretKind[] = [
  { name: "accessToken", label: "Personal access token (Integrations > API Tokens)", isOptional: false },
  { name: "clientSecret", label: "Client secret of your application", isOptional: false },
  { name: "refreshToken", label: "Refresh token", isOptional: false, isSignedIn: true },
  { name: "webhookSecret", label: "Secret of webhooks", isOptional: true, isOwn: true },
];

/** How mlc signs in: a personal access token comes with the account, OAuth wants an application of one's own. */
export const shipBobCredentials: CredentialKind[] = [
  { label: "Personal access token", secrets: ["accessToken"], when: (settings) => !settings.clientId },
  {
    label: "Sign-in by OAuth",
    secrets: ["clientSecret", "refreshToken"],
    when: (settings) => Boolean(settings.clientId),
  },
];

/** What a pair with ShipBob says of the ERP's names in ShipBob's. */
export const shipBobTables: MappingTable[] = [
  {
    path: "fulfillmentCenters",
    label: "fulfillment center",
    erp: "warehouses",
    shipper: "fulfillmentCenters",
    isByShipper: true,
    rowOf: (value) => value,
    otherwise: "it serves no warehouse, or with no row at all every one",
  },
  {
    path: "shippingMethods",
    label: "delivery mode",
    erp: "deliveryModes",
    shipper: "shippingMethods",
    rowOf: (value) => value,
    otherwise: "the account's default method",
  },
];
