/** What a sales order holds, as far as it is edited. */
export interface Content {
  street: string;
  city: string;
  /** Quantity by line number. */
  quantities: Record<number, number>;
}

/** A sales order as the people remember it. */
export interface Sale {
  legalEntity: "usmf" | "demf";
  number: string;
  /** The keys of its parts at the shipper: a part a warehouse. */
  keys: string[];
  /** Newest last. */
  versions: { at: number; content: Content }[];
  /** From when on it can be sent; absent while it is not confirmed or its address lacks the street. */
  sendableAt?: number;
  cancelledAt?: number;
  removedAt?: number;
  /** Nobody will ever mend it. */
  isHopeless?: true;
  slip?: string;
  /** Keys of the parts that left whole. */
  left: Set<string>;
  /** A note that somebody at the shipper made in an order, by key. */
  remembered: Map<string, string>;
  /** When its first label was made, by key. */
  labelledAt: Map<string, number>;
}

/** What F&O holds of a sale now. */
export function newest({ versions, number }: Sale): Content {
  const last = versions.at(-1);
  if (!last) throw new Error(`sale ${number} has no content`);
  return last.content;
}

/** Nothing of it changes in F&O any more. */
export function isOver({ cancelledAt, removedAt, slip }: Sale): boolean {
  return cancelledAt !== undefined || removedAt !== undefined || slip !== undefined;
}
