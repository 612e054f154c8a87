import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { watchPasswords } from "../../static/js/passwords.js";
import { show } from "./dom.js";

const NEW = 'autocomplete="new-password" data-min-length="10" data-max-length="1000"';

/** A form with the password that is asked for now, and one for the future. */
function form() {
  show(
    '<form><div class="field"><label for="now">Current password</label>' +
      '<div data-password><input type="password" id="now"></div></div>' +
      '<div class="field"><label for="then">New password</label>' +
      `<div data-password><input type="password" id="then" ${NEW}></div></div></form>`,
  );
  // What the page of these tests lacks.
  for (const input of document.querySelectorAll("input")) {
    input.labels = [document.querySelector(`[for=${input.id}]`)];
    input.form = document.querySelector("form");
  }
  watchPasswords();
  const [now, later] = document.querySelectorAll("input");
  return { now, later, line: document.querySelector(".field-hint") };
}

function type(input, text) {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

test("only the length of a new password is shown, in code points", () => {
  const { later, line } = form();
  assert.equal(document.querySelectorAll(".field-hint").length, 1);
  assert.ok(line.hidden);
  for (const [text, says] of [
    ["1234567", "7 of at least 10 characters"],
    ["🦊🦊🦊", "3 of at least 10 characters"],
    ["  password  ", "12 characters"],
    ["x".repeat(1000), "1000 characters"],
    ["x".repeat(1001), "1001 characters, 1000 at most"],
  ]) {
    type(later, text);
    assert.equal(line.textContent, says);
    assert.ok(!line.hidden);
  }
  type(later, "");
  assert.ok(line.hidden);
});

test("the length is read out after a pause, not at each key", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { later } = form();
  const status = later.closest(".field").querySelector("[role=status]");
  type(later, "123");
  mock.timers.tick(900);
  type(later, "1234");
  mock.timers.tick(900);
  assert.equal(status.textContent, "");
  mock.timers.tick(100);
  assert.equal(status.textContent, "4 of at least 10 characters");
  mock.timers.reset();
});

test("each password has a switch that shows it, and is hidden again when it is sent", () => {
  const { now, later } = form();
  const [button, other] = document.querySelectorAll("button");
  assert.deepEqual([button.textContent, button.type], ["Show current password", "button"]);
  assert.equal(other.textContent, "Show new password");
  button.dispatchEvent(new Event("click"));
  assert.deepEqual([now.type, later.type], ["text", "password"]);
  assert.equal(button.textContent, "Hide current password");
  assert.equal(
    now.closest(".field").querySelector("[role=status]").textContent,
    "Your current password is shown",
  );
  document.querySelector("form").dispatchEvent(new Event("submit"));
  assert.equal(now.type, "password");
  assert.equal(button.textContent, "Show current password");
});
