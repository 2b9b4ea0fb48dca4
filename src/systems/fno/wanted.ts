/** A set with the fields that mlc reads or writes in it. */
export interface Wanted {
  set: string;
  fields: readonly string[];
  /** What happens without it; absent: nothing works. */
  without?: string;
  fix: string;
}

/** What helps where an environment does not publish a set. */
export const publish = "Publish the entity set in F&O, refresh its entity list, and give the app's user the privilege.";
