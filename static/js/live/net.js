// What the live client asks the server for.

async function get(address, accept) {
  const response = await fetch(address, { headers: { Accept: accept }, cache: "no-store" });
  if (!response.ok)
    throw Object.assign(new Error(`${address}: ${response.status}`), { status: response.status });
  return response;
}

export async function fetchEvents(stream, after) {
  return (await get(`/live/${stream}/events?after=${after}`, "application/json")).json();
}

// A fresh copy of the page at `address`.
export async function fetchPage(address) {
  const html = await (await get(address, "text/html")).text();
  return new DOMParser().parseFromString(html, "text/html");
}
