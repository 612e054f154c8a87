// What every page runs. All of it only adds to pages that work without.
import { watchTimes } from "./times.js";

watchTimes();
