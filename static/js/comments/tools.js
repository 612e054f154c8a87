// What makes writing comfortable, loaded after the page has been painted: a page works without all of it.
import { watchEditing } from "./edit.js";
import { watchKeyboard } from "./keyboard.js";
import { watchMentions } from "./mention.js";
import { watchQuoting } from "./quote.js";

watchEditing();
watchKeyboard();
watchMentions();
watchQuoting();
