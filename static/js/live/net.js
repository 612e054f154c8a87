// What the live client asks the server for.

async function get(address, accept) {
  const response = await fetch(address, { headers: { Accept: accept }, cache: "no-store" });
  if (!response.ok)
    throw Object.assign(new Error(`${address}: ${response.status}`), { status: response.status });
  return response;
}

// What a program is answered at `address`. Rejects where something else answers, such as a network's log-in page.
export async function fetchJson(address) {
  return (await get(address, "application/json")).json();
}

export function fetchEvents(stream, after) {
  return fetchJson(`/live/${stream}/events?after=${after}`);
}

// A fresh copy of the page at `address`.
export async function fetchPage(address) {
  const html = await (await get(address, "text/html")).text();
  return new DOMParser().parseFromString(html, "text/html");
}
