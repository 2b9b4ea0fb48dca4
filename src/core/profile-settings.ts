import { z } from "zod";
import { program, publicAddress, webAddress } from "./settings.ts";

const days = z.preprocess(
  (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
  z.union([z.literal("keep"), z.number().int().positive()], "must be a number of days, or keep"),
);

/** The settings of a profile itself, beside those of its systems and pairs: each is a section of the config. */
export const profileSections = {
  /** Whom mlc tells how it does. */
  alerts: z.strictObject({
    /** Called with GET after each run after which nothing needs a person's look. */
    heartbeatUrl: webAddress.optional(),
    /** A program with its arguments; gets one line a cause on stdin, once for each cause. */
    onAttention: program.optional(),
  }),
  /** How many days files are kept. */
  retention: z.strictObject({
    logs: days.default("keep"),
    labels: days.default("keep"),
    inbox: days.default(30),
  }),
  /** How systems reach mlc's receiver. */
  webhooks: z.strictObject({
    /** Where it is from outside, as a proxy has it: each system calls its own path under it. */
    publicUrl: publicAddress.optional(),
  }),
} as const;

/** A section's name. */
export type ProfileSection = keyof typeof profileSections;

/** Whether a name is that of a section of the profile itself. */
export function isProfileSection(name: string): name is ProfileSection {
  return Object.hasOwn(profileSections, name);
}
