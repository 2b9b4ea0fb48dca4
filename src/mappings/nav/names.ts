/** Letters that have no accent to take off. */
const plain: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** Names are Text[50] in NAV, longer ones are cut there (NAV, 0). */
const longest = 50;

/** A name as it is compared: lower case, without accents, marks and double blanks; `&` is `and`. Pure. */
export function normalisedName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => plain[letter] ?? letter)
    .replace(/&/g, " and ")
    .replace(/['’`´.]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Whether a name is the one that NAV holds, whole or cut. Pure. */
export function isSameName(held: string, name: string): boolean {
  const is = normalisedName(held);
  return is !== "" && [name, name.trimStart().slice(0, longest)].map(normalisedName).includes(is);
}
