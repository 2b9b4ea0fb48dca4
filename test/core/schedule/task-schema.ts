// Rules of Microsoft's published task schema, written down for what mlc prints:
// https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema (the same in [MS-TSCH] 2.5,
// https://learn.microsoft.com/openspecs/windows_protocols/ms-tsch/0d6383e4-de92-43e7-b0bb-a60cfa36379f).

interface Rule {
  /** Of its children: `sequence` keeps the order below, `all` takes any. Absent: it holds text. */
  order?: "sequence" | "all";
  /** May be there, each once at most. */
  children?: readonly string[];
  required?: readonly string[];
  attributes?: Readonly<Record<string, RegExp>>;
  text?: RegExp;
}

const boolean = /^(true|false)$/;
const anything = /^[\s\S]*$/;
const duration = /^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$/;

/** One rule a path; what has none is not allowed. */
export const taskRules: Readonly<Record<string, Rule>> = {
  Task: {
    order: "all",
    children: ["RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"],
    required: ["Actions"],
    attributes: { version: /^1\.3$/, xmlns: /^http:\/\/schemas\.microsoft\.com\/windows\/2004\/02\/mit\/task$/ },
  },
  "Task/RegistrationInfo": {
    order: "all",
    children: ["URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"],
  },
  "Task/RegistrationInfo/Description": { text: anything },
  "Task/Triggers": { order: "sequence", children: ["TimeTrigger"] },
  // triggerBaseType, then timeTriggerType's own; a TimeTrigger must have its StartBoundary
  // (https://learn.microsoft.com/windows/win32/taskschd/taskschedulerschema-startboundary-triggerbasetype-element).
  "Task/Triggers/TimeTrigger": {
    order: "sequence",
    children: ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay"],
    required: ["StartBoundary"],
  },
  "Task/Triggers/TimeTrigger/Enabled": { text: boolean },
  "Task/Triggers/TimeTrigger/StartBoundary": { text: instant },
  "Task/Triggers/TimeTrigger/Repetition": {
    order: "all",
    children: ["Interval", "Duration", "StopAtDurationEnd"],
    required: ["Interval"],
  },
  "Task/Triggers/TimeTrigger/Repetition/Interval": { text: duration },
  "Task/Principals": { order: "sequence", children: ["Principal"], required: ["Principal"] },
  "Task/Principals/Principal": {
    order: "all",
    children: [
      "UserId",
      "LogonType",
      "GroupId",
      "DisplayName",
      "RunLevel",
      "ProcessTokenSidType",
      "RequiredPrivileges",
    ],
    attributes: { id: /^[A-Za-z_][\w.-]*$/ },
  },
  "Task/Principals/Principal/UserId": { text: /./ },
  "Task/Principals/Principal/LogonType": { text: /^(S4U|Password|InteractiveToken|InteractiveTokenOrPassword)$/ },
  "Task/Principals/Principal/RunLevel": { text: /^(LeastPrivilege|HighestAvailable)$/ },
  "Task/Settings": {
    order: "all",
    children: [
      "AllowStartOnDemand",
      "RestartOnFailure",
      "MultipleInstancesPolicy",
      "DisallowStartIfOnBatteries",
      "StopIfGoingOnBatteries",
      "AllowHardTerminate",
      "StartWhenAvailable",
      "NetworkProfileName",
      "RunOnlyIfNetworkAvailable",
      "WakeToRun",
      "Enabled",
      "Hidden",
      "DeleteExpiredTaskAfter",
      "IdleSettings",
      "NetworkSettings",
      "ExecutionTimeLimit",
      "Priority",
      "RunOnlyIfIdle",
      "UseUnifiedSchedulingEngine",
      "DisallowStartOnRemoteAppSession",
    ],
  },
  "Task/Settings/MultipleInstancesPolicy": { text: /^(Parallel|Queue|IgnoreNew|StopExisting)$/ },
  "Task/Settings/DisallowStartIfOnBatteries": { text: boolean },
  "Task/Settings/StopIfGoingOnBatteries": { text: boolean },
  "Task/Settings/StartWhenAvailable": { text: boolean },
  "Task/Settings/ExecutionTimeLimit": { text: duration },
  "Task/Actions": {
    order: "sequence",
    children: ["Exec"],
    required: ["Exec"],
    attributes: { Context: /^[A-Za-z_][\w.-]*$/ },
  },
  "Task/Actions/Exec": {
    order: "all",
    children: ["Command", "Arguments", "WorkingDirectory"],
    required: ["Command"],
  },
  "Task/Actions/Exec/Command": { text: /^.{1,260}$/ },
  "Task/Actions/Exec/Arguments": { text: anything },
};

/** An element of an XML text. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** The root of an XML text without comments, CDATA and namespaces' prefixes; throws where it is not well-formed. */
export function xmlFrom(text: string): XmlElement {
  const body = /^<\?xml version="1\.0" encoding="UTF-16"\?>\s*([\s\S]*)$/.exec(text)?.[1];
  if (body === undefined) throw new Error("no declaration");
  const top: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  for (const [, closing, name = "", attributes = "", between = ""] of body.matchAll(/<(\/?)(\w+)([^<>]*)>([^<]*)/g)) {
    const inner = open.at(-1);
    if (closing) {
      if (inner?.name !== name) throw new Error(`</${name}> closes <${inner?.name}>`);
      open.pop();
      continue;
    }
    const found = [...attributes.matchAll(/\s(\w+)="([^"<]*)"/g)].map(([, key = "", value = ""]) => [
      key,
      plain(value),
    ]);
    const element = { name, attributes: Object.fromEntries(found), children: [], text: plain(between) };
    inner?.children.push(element);
    open.push(element);
  }
  const [root, ...more] = top.children;
  if (!root || more.length > 0 || open.length !== 1) throw new Error("not one whole element");
  return root;
}

function plain(text: string): string {
  if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a bare & in ${text}`);
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return text.replace(/&(\w+|#\d+);/g, (_, name: string) =>
    name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (names[name] ?? ""),
  );
}

/** What in an element breaks the rules. Pure. */
export function breaches(element: XmlElement, path = element.name): string[] {
  const rule = taskRules[path];
  if (!rule) return [`${path} is not in the schema`];
  const names = element.children.map(({ name }) => name);
  const known = rule.children ?? [];
  const positions = names.map((name) => known.indexOf(name));
  const inOrder = positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? -1));
  return [
    ...names.filter((name) => !known.includes(name)).map((name) => `${path} cannot hold ${name}`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${path} holds ${name} twice`),
    ...(rule.required ?? []).filter((name) => !names.includes(name)).map((name) => `${path} wants ${name}`),
    ...(rule.order === "sequence" && !inOrder ? [`${path} is out of order: ${names.join(", ")}`] : []),
    ...Object.entries(element.attributes).flatMap(([name, value]) =>
      rule.attributes?.[name]?.test(value) ? [] : [`${path} has ${name}="${value}"`],
    ),
    ...(rule.text && !rule.text.test(element.text) ? [`${path} holds ${element.text}`] : []),
    ...element.children.flatMap((child) => breaches(child, `${path}/${child.name}`)),
  ];
}

/** The texts of all elements by their paths. Pure. */
export function textsOf(element: XmlElement, path = element.name): Record<string, string> {
  const own = element.children.length === 0 ? { [path]: element.text } : {};
  return Object.assign(own, ...element.children.map((child) => textsOf(child, `${path}/${child.name}`)));
}
