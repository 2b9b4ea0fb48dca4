/** One refusal of the token endpoint. */
export interface EntraError {
  code: number;
  error: string;
  status: number;
  text: string;
}

/** The refusals that the sheet lists (F&O, 1.3), by what is wrong. */
export const entraErrors = {
  wrongSecret: {
    code: 7000215,
    error: "invalid_client",
    status: 401,
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
  },
  expiredSecret: {
    code: 7000222,
    error: "invalid_client",
    status: 401,
    text: "The provided client secret keys for the app are expired.",
  },
  noCredential: {
    code: 7000218,
    error: "invalid_client",
    status: 401,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  badAssertion: {
    code: 700027,
    error: "invalid_client",
    status: 401,
    text: "The certificate with identifier used to sign the client assertion is not registered on application.",
  },
  appNotFound: {
    code: 700016,
    error: "unauthorized_client",
    status: 400,
    text: "Application with identifier was not found in the directory.",
  },
  tenantNotFound: {
    code: 90002,
    error: "invalid_request",
    status: 400,
    text: "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
  },
  resourceUnknown: {
    code: 500011,
    error: "invalid_resource",
    status: 400,
    text: "The resource principal was not found in the tenant.",
  },
  malformedScope: {
    code: 70011,
    error: "invalid_scope",
    status: 400,
    text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
  },
  unsupportedGrant: {
    code: 70003,
    error: "unsupported_grant_type",
    status: 400,
    text: "The app requested an unsupported grant type.",
  },
  unavailable: {
    code: 90033,
    error: "temporarily_unavailable",
    status: 503,
    text: "A transient error has occurred. Please try again.",
  },
  throttled: {
    code: 90024,
    error: "temporarily_unavailable",
    status: 429,
    text: "RequestBudgetExceededError - A transient error has occurred. Please try again.",
  },
} as const satisfies Record<string, EntraError>;
