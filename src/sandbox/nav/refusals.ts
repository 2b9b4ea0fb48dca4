/** A refusal in NAV's words: thrown by whoever finds it, answered in the shape of (Dynamics NAV, 9). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, message: string, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request that cannot be read: unknown field, bad filter, missing tag. */
export const bad = (message: string): Refusal => new Refusal(400, message, "BadRequest");

/** A business rule that says no. */
export const ruled = (message: string): Refusal => new Refusal(400, message, "Application_DialogException");

/** A field that is not what its table asks for. */
export const failedTest = (message: string): Refusal =>
  new Refusal(400, message, "Application_FieldValidationException");

/** A service that is not published, a company in another spelling, a key that leads nowhere. */
export const notFound = (segment: string): Refusal =>
  new Refusal(404, `Resource not found for the segment '${segment}'.`, "BadRequest_ResourceNotFound");

/** A verb that a page does not take. */
export const notAllowed = (what: string): Refusal =>
  new Refusal(405, `The method is not allowed: ${what}.`, "BadRequest_MethodNotAllowed");

const identified = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([caption, value]) => `${caption}='${value}'`)
    .join(",");

/** A record that a field leads to and that is not there. */
export const doesNotExist = (table: string, fields: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal(
    400,
    `The ${table} does not exist. Identification fields and values: ${identified(fields)}`,
    "Internal_RecordNotFound",
  );

/** A record that is there already. */
export const alreadyExists = (table: string, fields: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal(
    400,
    `The ${table} already exists. Identification fields and values: ${identified(fields)}`,
    "Internal_EntityWithSameKeyExists",
  );

/** A change of what only an open order takes (Dynamics NAV, 5.1). */
export const mustBeOpen = (number: unknown, status: unknown): Refusal =>
  failedTest(
    `Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=${number}. Current value is '${status}'.`,
  );

/** Code that opens a dialog, where nobody sits before it. */
export const noDialog = (question: string): Refusal =>
  new Refusal(
    400,
    `Microsoft Dynamics NAV Server attempted to issue a client callback to show a confirmation dialog box: ${question}. Client callbacks are not supported on Microsoft Dynamics NAV Server.`,
    "Application_CallbackNotAllowed",
  );

/** A record that somebody holds. */
export const locked = (table: string): Refusal =>
  ruled(`The ${table} could not be changed because it is locked by another user.`);

/** A tag that is no longer the record's. */
export const changedMeanwhile = (status: number, table: string): Refusal =>
  new Refusal(
    status,
    `Another user has modified the record for this ${table} after you retrieved it from the database. Enter your changes again in the updated window.`,
    "Request_EntityChanged",
  );

/** The body of a refusal as V3 has it. */
export const errorBodyV3 = (code: string, message: string) => ({
  "odata.error": { code, message: { lang: "en-US", value: message } },
});

/** The body of a refusal as V4 has it. */
export const errorBodyV4 = (code: string, message: string) => ({ error: { code, message } });
