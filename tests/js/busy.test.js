import assert from "node:assert/strict";
import { test } from "node:test";
import { busy, explain, isBusy } from "../../static/js/busy.js";
import { show } from "./dom.js";

/** A form with a text, what is fixed, and two buttons. */
function form() {
  show(
    '<form><div class="field"><textarea name="body"></textarea><input name="fixed" readonly></div>' +
      '<button data-busy="Posting …">Post <b>it</b></button><button disabled>No</button></form>',
  );
  const made = document.querySelector("form");
  for (const field of made.querySelectorAll("textarea, input"))
    field.readOnly = field.hasAttribute("readonly");
  return made;
}

/** Something that is under way until the test ends it. */
function work() {
  let end;
  const going = new Promise((then, fail) => {
    end = { then, fail };
  });
  return { ...end, begun: 0, start: () => going };
}

test("a form is held while it is sent, and is as before afterwards", async () => {
  const made = form();
  const [button, off] = made.querySelectorAll("button");
  const { start, then } = work();
  const sent = busy(made, button, start);
  assert.ok(isBusy(made));
  assert.deepEqual([made.elements.body.readOnly, button.disabled], [true, true]);
  assert.equal(button.textContent, "Posting …");
  then();
  await sent;
  assert.ok(!isBusy(made));
  assert.deepEqual([made.elements.body.readOnly, made.elements.fixed.readOnly], [false, true]);
  assert.deepEqual([button.disabled, off.disabled], [false, true]);
  assert.equal(button.innerHTML, "Post <b>it</b>");
});

test("a form that is held is not sent a second time", async () => {
  const made = form();
  const { start, then } = work();
  const sent = busy(made, null, start);
  let again = 0;
  await busy(made, null, async () => {
    again += 1;
  });
  assert.equal(again, 0);
  assert.ok(isBusy(made));
  then();
  await sent;
});

test("a form is let go also where sending failed", async () => {
  const made = form();
  const { start, fail } = work();
  const sent = busy(made, made.querySelector("button"), start);
  fail(new Error("broken"));
  await assert.rejects(sent, /broken/);
  assert.ok(!isBusy(made));
  assert.equal(made.querySelector("button").textContent, "Post it");
});

test("a reason stands below the last field, is read out, and goes", () => {
  const made = form();
  explain(made);
  assert.ok(!made.querySelector(".field-error"));
  explain(made, "Too long.");
  explain(made, "Still too long.");
  const [line, ...others] = made.querySelectorAll(".field > .field-error");
  assert.deepEqual(
    [line.textContent, line.getAttribute("role"), others.length],
    ["Still too long.", "alert", 0],
  );
  explain(made);
  assert.ok(line.hidden);
});
