/** Declares columns of one kind: names separated by blanks. */
export function of<P>(property: P, names: string): Record<string, P> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, property]),
  );
}
