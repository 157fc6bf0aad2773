"""A platform's self-test on a terminal."""

from __future__ import annotations

import click

from lti_tool.lti.self_test import Result
from lti_tool.services.platforms.records import PlatformListing
from lti_tool.views.pages.operator import hints
from lti_tool.views.session import services


def print_self_test(platform: PlatformListing) -> None:
    """Run and print it; ends with status 1 if a check fails."""
    report = services().console.self_tests.run(platform.id)
    for row in hints.rows(report.findings, platform.family):
        finding = row.finding
        click.echo(f"{hints.result_word(finding.result)}: {row.name}. {row.text}")
        for line in (*row.advice, *row.settings):
            click.echo(f"    {line}")
        if finding.url and finding.result is not Result.OK:
            status = f" ({finding.status})" if finding.status else ""
            click.echo(f"    {finding.url}{status}")
        if finding.answer:
            click.echo(f"    {finding.answer}")
    if report.failed:
        raise click.exceptions.Exit(1)
