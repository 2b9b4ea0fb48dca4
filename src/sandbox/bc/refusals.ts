/** A refusal in Business Central's words: thrown by whoever finds it, answered in the shape of (Business Central, 4.6). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A business rule that says no: blocked customer, closed period, missing dimension. */
export const ruled = (message: string): Refusal => new Refusal(400, "Application_DialogException", message);

/** A field that is not what its table asks for. */
export const failedTest = (message: string): Refusal =>
  new Refusal(400, "Application_FieldValidationException", message);

/** A record that a field leads to and that is not there. */
export const noRecord = (message: string): Refusal => new Refusal(400, "Internal_RecordNotFound", message);

/** An id or an entity that does not exist. */
export const notFound = (what: string): Refusal =>
  new Refusal(404, "BadRequest_ResourceNotFound", `Resource not found for the segment '${what}'.`);

/** Whoever is not let in: bad token, wrong tenant, no consent, app not enabled inside. */
export const unauthorized = (): Refusal =>
  new Refusal(401, "Authentication_InvalidCredentials", "The server has rejected the client credentials.");

/** A verb that the page does not take. */
export const notAllowed = (what: string): Refusal =>
  new Refusal(405, "BadRequest_MethodNotAllowed", `The method is not allowed: ${what}.`);

/** The body of a refusal; the correlation id stands at the end of the text. */
export function errorBody(code: string, message: string, correlationId: string) {
  return { error: { code, message: `${message} CorrelationId:  ${correlationId}.` } };
}
