"""The overview, its numbers, jobs and health: what an administrator looks at first."""

from __future__ import annotations

from typing import cast

from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.admin import dashboard, health, waiting
from app.admin.service import counts
from app.avatars.routes import STORAGE
from app.files.storage import Storage
from app.jobs.workshop import WORKSHOP, Workshop
from app.permissions.catalogue import RUNNING as RUNNING_PERMISSIONS
from app.web.context import RUNNING, page, plumbing, say, to, viewer
from app.web.health import Running
from app.web.health import jobs as job_numbers
from app.web.i18n import N_
from app.web.needs import declare, staff

blueprint = Blueprint("admin_overview", __name__, url_prefix="/admin")
declare(
    blueprint,
    staff("see_dashboard"),
    index=staff(*RUNNING_PERMISSIONS),
    jobs=staff("manage_jobs"),
    retry=staff("manage_jobs"),
)
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def index() -> Answer:
    """What waits, and what happened today and lately. Who may not see numbers finds the way to what they look after."""
    settings = plumbing().settings
    if not viewer().may("see_dashboard"):
        return await page("admin/index.html", charts=(), warnings=(), span="days", waits=(), slow=(), counts=())
    span: dashboard.Span = "months" if request.args.get("span") == "months" else "days"
    return await page(
        "admin/index.html",
        charts=await dashboard.charts(span, settings.time_zone),
        span=span,
        waits=await waiting.waiting(viewer(), _running()),
        warnings=health.warnings(settings) if viewer().may("manage_settings") else (),
        slow=await dashboard.slow_routes(settings.time_zone),
        counts=await counts(),
    )


def _running() -> Running | None:
    return cast(Running | None, current_app.extensions.get(RUNNING))


@blueprint.get("/health")
async def state() -> Answer:
    """What the forum stands on."""
    settings = plumbing().settings
    storage: Storage = current_app.extensions[STORAGE]
    return await page(
        "admin/health.html",
        checks=await health.checks(_running(), storage, settings),
        warnings=health.warnings(settings),
    )


@blueprint.get("/jobs")
async def jobs() -> Answer:
    """What waits, what is late, what has failed."""
    workshop: Workshop = current_app.extensions[WORKSHOP]
    return await page(
        "admin/jobs.html",
        kinds=await waiting.kinds(workshop),
        found=await job_numbers(_running()),
        letters=await waiting.failed_letters(),
    )


@blueprint.post("/jobs/retry")
async def retry() -> Answer:
    """Do now what waits, and try again what has failed."""
    workshop: Workshop = current_app.extensions[WORKSHOP]
    again = await waiting.try_again(workshop)
    await say("success", N_("Begun again: %(count)s."), count=again)
    return to("/admin/jobs")
