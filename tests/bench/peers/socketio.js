// Socket.IO's own server, websockets only, every follower in one room.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { going } from "./going.js";

const [port, packages] = process.argv.slice(2);
const { Server } = createRequire(packages)("socket.io");
const server = createServer(going((event) => io.to("room").emit("live:event", event)));
const io = new Server(server, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => socket.join("room"));
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
