import type { Delivery } from "../delivery.ts";
import type { FlowState } from "./fold.ts";
import type { LineDraft, LogLine } from "./lines.ts";

/** The state of one flow: its log, the log folded, and the deliveries that are filed. */
export interface FlowStore {
  /** The fold of everything appended so far; changed only by `append`. */
  readonly state: FlowState;
  /** Stamps the lines, writes them with one fsync and folds them; after it returns they survive a power cut. */
  append(lines: readonly LineDraft[]): Promise<LogLine[]>;
  /** Loads these deliveries, from the filed ones too, so that lines about them can be folded; missing ones are unknown to mlc. */
  load(keys: readonly string[]): Promise<Map<string, Delivery>>;
  /** The key of the delivery that holds a natural key, open or filed. */
  holder(naturalKey: string): Promise<string | undefined>;
  /** The key of the delivery that is not filed yet and has this id at the target. */
  holderOfTarget(target: string): string | undefined;
  /** Writes the snapshot and files what is closed. */
  save(): Promise<void>;
}
