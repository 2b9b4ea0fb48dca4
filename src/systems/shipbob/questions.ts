import type { CredentialKind, MappingTable, Question, SecretKind } from "../kinds.ts";

/** What a person is asked for of a ShipBob account. */
export const shipBobQuestions: Question[] = [
  { path: "channelId", label: "Channel", pick: { from: "channels", howMany: "one" }, isChecked: true },
];

/** The secrets of a ShipBob account. */
export const shipBobSecrets: SecretKind[] = [
  { name: "accessToken", label: "Personal access token", isOptional: false },
  { name: "clientSecret", label: "Client secret of your application", isOptional: false },
  { name: "refreshToken", label: "Refresh token", isOptional: false },
  { name: "webhookSecret", label: "Secret of webhooks", isOptional: true, isOwn: true },
];

/** How mlc signs in: a personal access token comes with the account, OAuth wants an application of one's own. */
export const shipBobCredentials: CredentialKind[] = [
  { label: "Personal access token (Integrations > API Tokens)", secrets: ["accessToken"] },
  { label: "Sign-in by OAuth, with an application of your own", secrets: ["clientSecret", "refreshToken"] },
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
    otherwise: "ShipBob chooses the center",
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
