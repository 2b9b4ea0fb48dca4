#!/usr/bin/env node
// Dates are computed in UTC whatever the machine's zone is; the person's own zone is kept for what is shown.
process.env.MLC_ZONE ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
process.env.TZ = "UTC";

const { execute } = await import("@oclif/core");
await execute({ dir: import.meta.url });
