// Pages that were opened earlier and have been kept up to date since, by the scripts that readers have. A test drives
// them over standard input and output: a line for each command, one for its answer, and between them one for each
// address that a page asks for.
import { createInterface } from "node:readline";
import { IN_MAIN } from "../../static/js/live/apply.js";
import { Channel } from "../../static/js/live/channel.js";
import { addressOf } from "../../static/js/live/reset.js";
import { here, page, within } from "./dom.js";

const FAR_DOWN = 1000;

const pages = new Map(); // by number

function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

globalThis.fetch = (address) => {
  const { number, asked } = here();
  const { pathname, search } = new URL(address, location.href);
  tell({ page: number, get: pathname + search });
  return new Promise((answer) => asked.push(answer));
};

function answered(content) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  here().asked.shift()(new Response(text));
}

/** What goes wrong in the scripts goes wrong in the test: by themselves they would try again later. */
function watch({ follower, page: shown }) {
  const note = (fault) => {
    here().fault ??= fault;
    throw fault;
  };
  const { refetch } = follower;
  follower.refetch = () => refetch().catch(note);
  const apply = shown.apply.bind(shown);
  shown.apply = (...what) => {
    try {
      return apply(...what);
    } catch (fault) {
      return note(fault);
    }
  };
}

async function settle({ follower }) {
  while (follower.busy) await follower.busy;
}

/** Show what waits behind the pill. */
async function empty(channel) {
  if (channel.waiting.size) await channel.show();
  await settle(channel);
}

const COMMANDS = {
  open() {
    here().channels = [...document.querySelectorAll(IN_MAIN)].map((section) => new Channel(section));
    here().channels.forEach(watch);
  },
  async receive(channels, { push }) {
    for (const channel of channels) {
      channel.follower.receive(push);
      await settle(channel);
    }
  },
  async compare(channels, { heads }) {
    for (const channel of channels) {
      const { follower, stream } = channel;
      follower.compare(heads[stream] ?? follower.seen);
      await settle(channel);
      // A page kept on the way is older than the news: it asks again by itself.
      while (follower.seen < heads[stream]) await new Promise((then) => setTimeout(then, 20));
    }
  },
  async catchUp(channels) {
    for (const { follower } of channels) await follower.catchUp();
  },
  async html(channels) {
    for (const channel of channels) await empty(channel);
    return document.querySelector("main").outerHTML;
  },
  async address(channels) {
    for (const channel of channels) await empty(channel);
    return addressOf(channels[0].page);
  },
};

async function obey({ page: number, command, ...details }) {
  try {
    const result = await COMMANDS[command](here().channels, details);
    if (here().fault) throw here().fault;
    const seen = Object.fromEntries(here().channels.map(({ stream, follower }) => [stream, follower.seen]));
    tell({ page: number, seen, result });
  } catch (fault) {
    tell({ page: number, fault: fault.stack });
  }
}

function hear(line) {
  const message = JSON.parse(line);
  const { page: number, command, html, address } = message;
  if (command === "close") return pages.delete(number);
  // Every second page is read further down: there, what is new waits.
  const top = number % 2 ? -FAR_DOWN : 0;
  if (command === "open") pages.set(number, { number, asked: [], top, ...page(html, address) });
  within(pages.get(number), () => (command ? obey(message) : answered(message.got)));
}

createInterface({ input: process.stdin })
  .on("line", hear)
  .on("close", () => process.exit());
