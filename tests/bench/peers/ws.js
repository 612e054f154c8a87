// The package ws, which Socket.IO itself stands on: a loop over its clients, each event made into bytes once.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { going } from "./going.js";

const [port, packages] = process.argv.slice(2);
const { WebSocketServer } = createRequire(packages)("ws");
const followers = new Set();
const server = createServer(
  going((event) => {
    const data = Buffer.from(`42${JSON.stringify(["live:event", event])}`);
    for (const follower of followers) follower.send(data, { binary: false });
  }),
);
new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (follower) => {
  followers.add(follower);
  follower.on("close", () => followers.delete(follower));
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
