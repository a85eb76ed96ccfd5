"""What the forms before the log-in share: captchas, and where to go afterwards."""

from __future__ import annotations

from typing import Any, cast

from quart import Response, current_app, request

from app.accounts import captcha
from app.accounts.captcha import CaptchaView
from app.accounts.forms import GuardedForm
from app.accounts.passwords import PASSWORDS, Passwords
from app.accounts.refusals import NeedsCaptcha
from app.errors import Refusal
from app.web.context import page, plumbing, safe_next, status_of


def passwords() -> Passwords:
    """The hasher of this process."""
    return cast(Passwords, current_app.extensions[PASSWORDS])


async def is_solved(form: GuardedForm) -> bool:
    """Whether the form brings the answer to a captcha, which is used up by it."""
    return await captcha.is_solved(plumbing().memory, form.text("captcha_id"), form.text("captcha"))


async def captcha_for(form: GuardedForm, refusal: Refusal | None, *, wanted: bool) -> CaptchaView | None:
    """The next captcha of a form that has to show one: of the kind that was asked for, or that there was before."""
    there = form.text("captcha_id") or form.text("another")
    if not (wanted or there or isinstance(refusal, NeedsCaptcha)):
        return None
    in_words = (form.text("another") or form.text("captcha_kind")) == "words"
    return await captcha.question_view(plumbing().memory) if in_words else captcha.picture_view()


async def guarded_page(
    template: str, form: GuardedForm, refusal: Refusal | None = None, *, captcha_wanted: bool = False, **context: Any
) -> Response:
    """A form as it is shown first, or again with what was wrong and another captcha. Passwords are never kept."""
    error = form.refuse(refusal) if refusal else None
    status = status_of(refusal)
    shown = await captcha_for(form, refusal, wanted=captcha_wanted)
    return await page(template, status=status, forms=True, form=form, error=error, captcha=shown, **context)


def next_path(otherwise: str = "/") -> str:
    """Where to go after the log-in, as the address of the form says."""
    return safe_next(request.args.get("next"), otherwise)


async def sent_next() -> str:
    """Where to go after the log-in, as the form itself says, or its address."""
    return safe_next((await request.form).get("next"), next_path())
