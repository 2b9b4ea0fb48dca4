import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import { type Customer, type CustomerBody, customerBody } from "../../connectors/bc/schema.ts";
import type { Call } from "../../core/delivery.ts";
import { MappingError } from "../../core/errors.ts";
import type { Sale } from "../../core/model.ts";

/** What a sale's customer is looked for by. */
export interface CustomerQuestion {
  document: string;
  account?: string | undefined;
  /** Present where the store's rules want it. */
  email?: string | undefined;
  /** One may be made. */
  create: boolean;
}

/** Customers that were found, by number in upper case and by address in lower case. */
export interface FoundCustomers {
  byNumber: Map<string, Customer>;
  byEmail: Map<string, Customer[]>;
  calls: Call[];
}

const lower = (email: string) => email.trim().toLowerCase();

/** What the store's rules say of a sale's customer. Pure. */
export function customerQuestion(sale: Sale, { customers }: BcRules): CustomerQuestion {
  const { account, create, byEmail = account === undefined } = customers;
  const email = byEmail ? sale.email?.trim() : undefined;
  return { document: sale.number, account, create, ...(email ? { email } : {}) };
}

/** Looks up customers of several sales in at most two calls. */
export async function findCustomers(client: BcClient, asked: readonly CustomerQuestion[]): Promise<FoundCustomers> {
  const accounts = [...new Set(asked.flatMap(({ account }) => (account === undefined ? [] : [account])))];
  const emails = [...new Set(asked.flatMap(({ email }) => (email === undefined ? [] : [email])))];
  const none = { value: [], calls: [] };
  const byNumber = accounts.length === 0 ? none : await client.masterData.customersByNumber(accounts);
  const byEmail = emails.length === 0 ? none : await client.masterData.customersByEmail(emails);
  const mails = new Map<string, Customer[]>();
  const distinct = new Map(byEmail.value.map((customer) => [customer.number, customer]));
  for (const customer of distinct.values())
    mails.set(lower(customer.email), [...(mails.get(lower(customer.email)) ?? []), customer]);
  return {
    byNumber: new Map(byNumber.value.map((customer) => [customer.number.toUpperCase(), customer])),
    byEmail: mails,
    calls: [...byNumber.calls, ...byEmail.calls],
  };
}

/** The customer that a sale is booked on; undefined when one is to be made. Throws MappingError. Pure. */
export function chosenCustomer(asked: CustomerQuestion, found: FoundCustomers): Customer | undefined {
  const { document, account, email, create } = asked;
  const same = email === undefined ? [] : (found.byEmail.get(lower(email)) ?? []);
  if (same.length > 1) {
    const numbers = same.map(({ number }) => number).join(", ");
    const hint = "Leave one of them with this address in Business Central, then run `mlc replay`.";
    throw problem(document, `customers ${numbers} have the order's e-mail address`, hint);
  }
  const fixed = account === undefined ? undefined : found.byNumber.get(account.toUpperCase());
  const customer = same[0] ?? fixed;
  if (customer) return unblocked(customer, document);
  if (account !== undefined)
    throw problem(document, `there is no customer ${account}`, "Set customers.account to one that is there.");
  if (create && email !== undefined) return undefined;
  const why = email === undefined ? "the order has no e-mail address" : "no customer has the order's e-mail address";
  const hint = "Set customers.account or customers.create for the store, or add the address to a customer.";
  throw problem(document, `${why}, so that nobody knows whom to book it on`, hint);
}

/** Any block stops an order or its posting (BC, 2.3). */
function unblocked(customer: Customer, document: string): Customer {
  if (customer.blocked === "") return customer;
  const { number, blocked } = customer;
  const hint = `Unblock customer ${number} in Business Central, then run \`mlc replay\`.`;
  throw problem(document, `customer ${number} is blocked (${blocked})`, hint);
}

function problem(document: string, what: string, hint: string): MappingError {
  return new MappingError(`Business Central ${document}: ${what}`, {
    system: "bc",
    document,
    field: "customer",
    hint,
  });
}

/** The customer that is made for a sale. Pure. */
export function customerBodyOf({ shipTo, email }: Sale): CustomerBody {
  const { name, company, street, city, state, postalCode, country, phone } = shipTo;
  const [first, ...rest] = street;
  const texts = {
    addressLine1: first,
    addressLine2: rest.join(", "),
    city,
    state,
    country,
    postalCode,
    phoneNumber: phone,
    email,
  };
  const limits = { addressLine1: 100, addressLine2: 50, city: 30, state: 30, country: 10, postalCode: 20 };
  const longest: Readonly<Record<string, number>> = { ...limits, phoneNumber: 30, email: 80 };
  const kept = Object.entries(texts).flatMap(([field, text]) =>
    text ? [[field, text.slice(0, longest[field])] as const] : [],
  );
  return customerBody.parse({
    displayName: (company || name || "Customer").slice(0, 100),
    type: company ? "Company" : "Person",
    ...Object.fromEntries(kept),
  });
}
