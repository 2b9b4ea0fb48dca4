import { expect, it } from "vitest";
import { openerOf } from "../../src/commands/support/opener.ts";

it.each([
  ["linux", ["xdg-open", "/a b/l&l.pdf"]],
  ["darwin", ["open", "/a b/l&l.pdf"]],
  ["win32", ["explorer.exe", "/a b/l&l.pdf"]],
] as const)(
  "a label is opened on %s by a program with the file as its one argument, and no shell",
  (platform, list) => {
    expect(openerOf(platform, "/a b/l&l.pdf")).toEqual(list);
  },
);
