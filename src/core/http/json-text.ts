const maxDepth = 64;

/** Parses JSON text no deeper than 64 levels; throws SyntaxError without quoting it. Pure. */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  if (isDeeper(value, maxDepth)) throw new SyntaxError(`JSON nested deeper than ${maxDepth} levels`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("not JSON");
  }
}

/** Looks no further down than it has to, so that a hostile depth cannot exhaust the stack. */
function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== "object") return false;
  if (levels === 0) return true;
  for (const name in value) if (isDeeper(Reflect.get(value, name), levels - 1)) return true;
  return false;
}
