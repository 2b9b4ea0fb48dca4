// A process of its own: calls a receiver at a fixed rate, whatever its answers take, and tells on stdout how they came.
import { connect, type Socket } from "node:net";
import { callBytes } from "./listen-calls.ts";

/** How the answers came; milliseconds count from when a call was due, also where no connection was free for it. */
export interface Answered {
  /** Per second, first call to last answer. */
  rate: number;
  p50: number;
  p99: number;
  /** Answers that were no 200, and connections that broke. */
  failed: number;
}

interface Caller {
  socket: Socket;
  /** Number of the call that it waits for. */
  call: number;
}

const connections = 256;
const [port = 0, rate = 0, seconds = 0, from = 0] = process.argv.slice(2).map(Number);
const total = rate * seconds;
const taken = new Float64Array(total);
const free: Caller[] = [];
let [sent, answered, failed] = [0, 0, 0];
let startedAt = 0;
await Promise.all(Array.from({ length: connections }, open));
startedAt = performance.now();
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    sendDue();
    if (answered < total) return;
    clearInterval(timer);
    resolve();
  }, 1);
});
const ms = performance.now() - startedAt;
taken.sort();
const at = (part: number) => taken[Math.floor(part * total)] ?? Number.NaN;
const told: Answered = { rate: (total / ms) * 1000, p50: at(0.5), p99: at(0.99), failed };
process.stdout.write(JSON.stringify(told));
process.exit(0);

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => {
      free.push(caller);
      resolve();
    });
    const caller: Caller = { socket, call: -1 };
    socket.on("error", reject);
    // An answer has no body and comes in one piece.
    socket.on("data", (bytes) => onAnswer(caller, bytes.toString("latin1", 9, 12) === "200"));
    socket.on("close", () => onBroken(caller));
  });
}

function sendDue(): void {
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * rate));
  while (sent < due) {
    // In turn: a connection that stood idle for long would be closed.
    const caller = free.shift();
    if (!caller) return;
    caller.call = sent;
    caller.socket.write(callBytes(from + sent, Date.now()));
    sent += 1;
  }
}

function onAnswer(caller: Caller, isGood: boolean): void {
  if (caller.call === -1) return;
  taken[caller.call] = performance.now() - startedAt - (caller.call / rate) * 1000;
  if (!isGood) failed += 1;
  answered += 1;
  caller.call = -1;
  free.push(caller);
  // A call may have been due while none was free.
  sendDue();
}

function onBroken(caller: Caller): void {
  if (answered === total) return;
  throw new Error(`a connection broke; its call was ${caller.call}`);
}
