/** One thing that a person does, in the order of doing. */
export interface GuideStep {
  /** One imperative sentence. */
  title: string;
  details: string[];
  /** To be typed as they are, but for what stands in angle brackets. */
  commands?: string[];
}

/** What a person does at a system that cannot be subscribed to over its API; without secrets. */
export interface Guide {
  system: string;
  /** What the system is to call; of a secret in it only the name is there. */
  address: string;
  steps: GuideStep[];
  /** What follows from how the system sends. */
  notes: string[];
}

/** How a guide's person gets at the secret, which is never printed. */
export interface GuideSecret {
  /** The file that has what is to be pasted, when one was written. */
  file?: string | undefined;
  /** What writes it otherwise. */
  how: string;
}

/** The step that has the receiver run before anybody is told of it. Pure. */
export function receiverStep(trial: string): GuideStep {
  return {
    title: "Have the receiver answer at that address.",
    details: [
      "`mlc listen` runs for good, with a proxy for TLS in front of it: the chapter Webhooks of the README has nginx and Caddy. Then try the way through both:",
    ],
    commands: [trial],
  };
}

/** The step that writes what is to be pasted, where that was not done yet. Pure. */
export function secretStep({ file, how }: GuideSecret): GuideStep[] {
  if (file !== undefined) return [];
  const details = ["mlc makes the secret unless it has one, and never prints it. The file must not be there yet."];
  return [{ title: "Have what is to be pasted written to a file.", details, commands: [how] }];
}

/** The step that takes what was pasted away again. Pure. */
export function deleteStep(file: string | undefined): GuideStep {
  return { title: `Delete ${file ?? "<file>"}.`, details: ["Whoever has it can pretend to be the system."] };
}
