"""The shape of what people type about themselves. What a name or a password may be is asked where it is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from reader.accounts import names, passwords
from reader.errors import Invalid
from reader.policy import Role

P = ParamSpec("P")

# What keeps a phone from "correcting" a name.
AS_TYPED = {"autocapitalize": "none", "spellcheck": "false"}
# A password, which may be shown while it is typed. No maxlength: the browser would cut off a longer one without a word.
PRESENT = {**AS_TYPED, "autocomplete": "current-password"}
NEW = {**AS_TYPED, "autocomplete": "new-password", "data-max-length": passwords.MAX_LENGTH}


class RegisterForm(FlaskForm):
    """A new person."""

    username = StringField(
        "Name",
        [InputRequired("Choose the name that others will see.")],
        render_kw={**AS_TYPED, "autocomplete": "username", "maxlength": names.MAX_LENGTH},
    )
    email = EmailField(
        "E-mail address",
        [InputRequired("Give an address that is yours.")],
        render_kw={"autocomplete": "email", "maxlength": names.MAX_EMAIL_LENGTH},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Choose a password.")],
        render_kw=NEW,
    )
    next = HiddenField()

    def validate_username(self, field: Field) -> None:
        """See that it can be a name."""
        _ask(names.clean_name, field.data)

    def validate_email(self, field: Field) -> None:
        """See that it can be an address."""
        _ask(names.clean_email, field.data)

    def validate_password(self, field: Field) -> None:
        """See that it is long enough. Whether it is guessed easily is asked once the request is counted."""
        _ask(passwords.check_length, field.data, Role.READER)


class LoginForm(FlaskForm):
    """Somebody who says who they are."""

    login = StringField(
        "Name or e-mail address",
        [
            InputRequired("Give your name, or the address you registered with."),
            Length(max=names.MAX_EMAIL_LENGTH),
        ],
        render_kw={**AS_TYPED, "autocomplete": "username"},
    )
    password = PasswordField("Password", [InputRequired("Give your password.")], render_kw=PRESENT)
    remember = BooleanField("Keep me logged in on this device for 30 days")
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A new password, for somebody who knows the present one."""

    current = PasswordField(
        "Current password",
        [InputRequired("Give your current password.")],
        render_kw=PRESENT,
    )
    password = PasswordField("New password", [InputRequired("Choose a password.")], render_kw=NEW)


def _ask(check: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        check(*args, **kwargs)
    except Invalid as error:
        raise ValidationError(error.reason) from error
