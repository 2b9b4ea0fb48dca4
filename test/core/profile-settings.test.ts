import { describe, expect, test } from "vitest";
import { withTyped } from "../../src/core/config.ts";
import { profileSections } from "../../src/core/profile-settings.ts";
import { receiverAddress, spanMs, timeSpan } from "../../src/core/settings.ts";

const alerts = (path: string, text: string) => withTyped(profileSections.alerts, {}, path, text, "alerts");

describe("settings of a profile", () => {
  test("a program is typed alone or as a JSON list with its arguments", () => {
    expect(alerts("onAttention", "/opt/page me")).toEqual({ onAttention: ["/opt/page me"] });
    expect(alerts("onAttention", '["mail","-s","mlc, again"]')).toEqual({ onAttention: ["mail", "-s", "mlc, again"] });
    expect(() => alerts("onAttention", "[]")).toThrow("alerts.onAttention");
  });

  test("a heartbeat goes over https, or to loopback", () => {
    expect(alerts("heartbeatUrl", "https://hc.example/ping/1")).toEqual({ heartbeatUrl: "https://hc.example/ping/1" });
    expect(alerts("heartbeatUrl", "http://127.0.0.1:9/x")).toEqual({ heartbeatUrl: "http://127.0.0.1:9/x" });
    expect(() => alerts("heartbeatUrl", "http://hc.example/1")).toThrow("https://");
  });

  test("files are kept for days or for ever", () => {
    const retention = (text: string) => withTyped(profileSections.retention, {}, "logs", text, "retention");
    expect(retention("400")).toEqual({ logs: 400 });
    expect(retention("keep")).toEqual({ logs: "keep" });
    expect(() => retention("0")).toThrow("retention.logs");
  });

  test.each([
    ["30s", 30_000],
    ["15m", 900_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
  ])("%s is %i ms", (span, ms) => {
    expect(spanMs(timeSpan.parse(span))).toBe(ms);
  });

  test.each(["0m", "15", "1w", "-5m", ""])("%j is no time span", (span) => {
    expect(timeSpan.safeParse(span).success).toBe(false);
  });
});

test("an address of the receiver without a path gets the receiver's, and has nothing beside a path", () => {
  const url = receiverAddress("/webhooks/x");
  expect(url.parse("https://Sync.Contoso.example")).toBe("https://sync.contoso.example/webhooks/x");
  expect(url.parse("https://sync.contoso.example/in/")).toBe("https://sync.contoso.example/in/");
  expect(url.parse("http://127.0.0.1:8787/")).toBe("http://127.0.0.1:8787/webhooks/x");
  for (const wrong of [
    "sync.contoso.example",
    "http://sync.contoso.example",
    "https://a:b@c.example",
    "https://c.example/?d",
    "https://c.example/#d",
    "ftp://c.example",
  ])
    expect(url.safeParse(wrong).success, wrong).toBe(false);
});
