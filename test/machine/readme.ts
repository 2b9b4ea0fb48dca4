import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The example of a language in the README's chapter on webhooks, with parts replaced that only the test machine has otherwise. */
export function readmeExample(language: string, replaced: readonly (readonly [text: string, by: string])[]): string {
  const readme = readFileSync(join(import.meta.dirname, "..", "..", "README.md"), "utf8");
  const chapter = readme.slice(readme.indexOf("\n## Webhooks\n"));
  const [, example = ""] = new RegExp(`\n\`\`\`${language}\n([\\s\\S]*?\n)\`\`\`\n`).exec(chapter) ?? [];
  return replaced.reduce((text, [from, by]) => {
    if (!text.includes(from)) throw new Error(`the README's ${language} example has no ${from}`);
    return text.replaceAll(from, by);
  }, example);
}
