import type { Connected } from "./connect.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";

/** What `mlc connect` is given. */
interface Shown {
  name: string;
  settings: Readonly<Record<string, unknown>>;
  secrets?: Readonly<Record<string, string>>;
}

/** Shows `mlc connect` as a person would type it, secrets on stdin, and connects. */
export async function showConnect(stage: Stage, page: Page, given: Shown): Promise<Connected> {
  const { name, settings, secrets = {} } = given;
  const sets = Object.entries(settings).map(([path, value]) => `${path}=${String(value)}`);
  const stdin = Object.keys(secrets).length > 0 ? " --store vault --secrets-stdin" : "";
  const lines = [`mlc connect ${name} --no-input${stdin}`, ...sets.map((set) => `--set ${quoted(set)}`)];
  page.command(...lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line)));
  return stage.connect({ name, sets, secrets });
}

const quoted = (set: string) => (set.includes(" ") ? `'${set}'` : set);
