// Where comments at the top of the thread belong on this page of it, by the order that the page is in. In the order of
// recommendations, that of the moment when the page was made, what came since stands above the rest, newest first.

export const ELSEWHERE = "elsewhere"; // on another page of the thread
export const AMONG = "among"; // between those that are shown
export const ARRIVAL = "arrival"; // new: where the page begins, or ends where the oldest comment comes first

const number = (item) => Number(item?.dataset.order);

export class Order {
  // `section` is the element that says what is shown of the thread.
  constructor(section) {
    const { liveSort, liveWindow, liveNewest } = section.dataset;
    this.section = section;
    this.sort = liveSort ?? "newest";
    this.takesArrivals = liveWindow === "first";
    this.newest = Number(liveNewest ?? 0);
  }

  // Whether arrivals stand at the end.
  get ascending() {
    return this.sort === "oldest";
  }

  // Where the comment with this number, which isn't shown, belongs.
  whereabouts(list, order) {
    const [first, last] = [number(list.firstElementChild), number(list.lastElementChild)];
    if (this.sort === "recommended") return this.takesArrivals && order > this.newest ? ARRIVAL : ELSEWHERE;
    const [oldest, newest] = this.ascending ? [first, last] : [last, first];
    if (order > newest || !list.firstElementChild) return this.takesArrivals ? ARRIVAL : ELSEWHERE;
    const older = this.section.querySelector(`.thread-pages a[rel="${this.ascending ? "prev" : "next"}"]`);
    return order < oldest && older ? ELSEWHERE : AMONG;
  }

  // The element that a comment stands before; none where it is the last.
  next(list, item) {
    const order = number(item);
    const items = [...list.children].filter((each) => each !== item);
    if (this.ascending) return items.find((each) => number(each) > order);
    if (this.sort === "newest") return items.find((each) => number(each) < order);
    return items.find((each) => number(each) < order || number(each) <= this.newest);
  }
}
