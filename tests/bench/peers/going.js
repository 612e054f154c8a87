// GET /go?rate=R&bursts=N&burst=B&size=S: send so many events, as every server under measurement does.

const DELAY = 300; // milliseconds, until whoever asked has turned to the sockets

export function going(send) {
  return (request, response) => {
    const asked = new URL(request.url, "http://localhost").searchParams;
    const [rate, bursts, burst, size] = ["rate", "bursts", "burst", "size"].map((name) =>
      Number(asked.get(name)),
    );
    response.end("{}");
    const start = performance.now() + DELAY;
    const next = (number) => {
      if (number === bursts) return;
      const wait = start + (number * 1000) / rate - performance.now();
      setTimeout(
        () => {
          for (let each = 0; each < burst; each++) send(event(size));
          next(number + 1);
        },
        Math.max(0, wait),
      );
    };
    next(0);
  };
}

function event(size) {
  const envelope = 27; // 42["live:event",{"html":""}]
  return { html: `stamp=${process.hrtime.bigint()} `.padEnd(size - envelope, "x") };
}
