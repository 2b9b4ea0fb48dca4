/** A member of an enum as a person reads it: `Non_x002D_Inventory` is `Non-Inventory`, `_x0020_` a blank. Pure. */
export function decodedName(name: string): string {
  return name.replace(/_x([0-9A-Fa-f]{4})_/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** The same as it is sent: what an XML name cannot hold becomes `_xHHHH_`. Pure. */
export function encodedName(text: string): string {
  const escaped = (unit: string) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
  // A text that looks like an escape would be read as one.
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, escaped).replace(/[^A-Za-z0-9_]/g, escaped);
}
