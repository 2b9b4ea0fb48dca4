import type { Server, Socket } from "node:net";
import { neighbourhood } from "./rate-limit.ts";

/** Closes at once what an address opens beyond its share, so that one that holds connections open shuts out nobody else. */
export function limitPerAddress(server: Pick<Server, "on">, most: number): void {
  const held = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    if (socket.remoteAddress === undefined) return;
    const address = neighbourhood(socket.remoteAddress);
    const before = held.get(address) ?? 0;
    if (before >= most) return void socket.destroy();
    held.set(address, before + 1);
    socket.once("close", () => {
      const left = (held.get(address) ?? 1) - 1;
      if (left === 0) held.delete(address);
      else held.set(address, left);
    });
  });
}
