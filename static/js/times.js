export function watchTimes() {}
