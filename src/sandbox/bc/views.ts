import type { Values } from "./types.ts";

/** A document as it stands. */
export interface DocumentView {
  header: Values;
  lines: Values[];
}

/** An attachment as it stands. */
export interface AttachmentView {
  values: Values;
  content: Uint8Array;
}
