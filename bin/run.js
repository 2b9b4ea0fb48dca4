#!/usr/bin/env node
// Dates are computed in UTC whatever the machine's zone is; the person's own is kept for what is shown.
process.env.MLC_HOST_TZ ??= process.env.TZ ?? "";
process.env.TZ = "UTC";

const { start } = await import("../dist/start.js");
await start(import.meta.url);
